import { type Command, text } from '../command.ts'
import { cliError } from '../errors.ts'
import { serve, serveOptions } from '../serve.ts'

/** `feast serve_registry`. REST alone is served: who wants gRPC too runs Python's. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '-r, --rest-api', description: 'serve REST' },
    { flags: '--rest-port <port>', description: 'port of REST', default: '6572' },
    { flags: '--no-grpc', description: 'do not serve gRPC, which is never served' },
    { flags: '-p, --port <port>', description: 'port of gRPC: accepted for the sake of scripts' },
    ...serveOptions,
  ],
  async run(terminal, { options, global }) {
    if (options.restApi !== true) throw cliError('CLI_ARGUMENT_INVALID', ['serve_registry', 'gRPC', 'only REST is served; say --rest-api'])
    if (options.grpc !== false) terminal.err('Warning: gRPC is not served; say --no-grpc\n')
    await serve(terminal, { options, global }, { port: text(options, 'restPort') ?? '6572', what: 'the registry is' })
    return undefined
  },
}
