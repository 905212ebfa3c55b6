import { defaultPages } from '@charmed-feast/server'
import { type Command, text } from '../command.ts'
import { serve, serveOptions } from '../serve.ts'

/** `feast ui`. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '-p, --port <port>', description: 'port to listen on', default: '8888' },
    { flags: '--root_path <path>', description: 'path that a gateway serves the pages under, such as /feast', default: '' },
    { flags: '--pages <folder>', description: 'the pages to serve, when not our own' },
    ...serveOptions,
  ],
  async run(terminal, { options, global }) {
    const pages = text(options, 'pages') ?? defaultPages()
    await serve(
      terminal,
      { options, global },
      { port: text(options, 'port') ?? '8888', what: 'the UI is', pages, rootPath: text(options, 'root_path') ?? '' },
    )
    return undefined
  },
}
