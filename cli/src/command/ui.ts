import { defaultPages } from '@charmed-feast/server'
import { type Command, text } from '../command.ts'
import { serve, serveOptions } from '../serve.ts'

/** `feast ui`. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '-p, --port <port>', description: 'port to listen on', default: '8888' },
    { flags: '--root_path <path>', description: 'path that a gateway serves the pages under, such as /feast', default: '' },
    { flags: '--pages <folder>', description: "the pages to serve when not our own, such as those of Feast's package" },
    ...serveOptions,
  ],
  async run(terminal, { options, global }) {
    const others = text(options, 'pages')
    await serve(
      terminal,
      { options, global },
      {
        port: text(options, 'port') ?? '8888',
        what: 'the UI is',
        pages: others ?? defaultPages(),
        pagesBy: others === undefined ? 'us' : 'others',
        rootPath: text(options, 'root_path') ?? '',
      },
    )
    return undefined
  },
}
