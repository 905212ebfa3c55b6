import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { tools } from '../tool/run-tool.ts'

/*
 * Hook tools on PATH are started some twenty times a hook, so the program behind them must be cheap. Measured on the machine this
 * was written on, a call through a shell loop, server included: Perl 2.0 ms, Node 80 ms, an empty `sh` script 0.9 ms. The shell alone
 * cannot speak to a Unix socket nor carry any byte; perl-base is essential on Debian and Ubuntu, and macOS has it. No module is loaded:
 * `use Socket` alone costs 3 ms. Where there is no Perl, the same is done by Node.
 *
 * Protocol: client → server, one frame: 32-bit length, then context id, working directory, tool and arguments, each ended by NUL.
 * Server → client: `I` (send standard input, as one frame) or `R`, exit code and both streams as 32-bit lengths and bytes.
 */
const perl = String.raw`#!/usr/bin/perl
my ($tool) = $0 =~ m{([^/]+)$};
sub fail { print STDERR "ERROR $_[0]: $!\n"; exit 1 }
sub frame { my $left = pack('N', length $_[0]) . $_[0]; while (length $left) { my $n = syswrite(S, $left); defined $n or fail('cannot write to the agent'); substr($left, 0, $n) = '' } }
sub take { my ($b, $want) = ('', $_[0]); while (length $b < $want) { sysread(S, $b, $want - length $b, length $b) or fail('cannot read from the agent') } $b }
my $address = $ENV{JUJU_AGENT_SOCKET_ADDRESS};
my $name = $^O eq 'darwin' ? pack('CCa*', 2 + length $address, 1, $address . "\0") : pack('Sa*', 1, $address . "\0");
socket(S, 1, 1, 0) && connect(S, $name) or fail('cannot connect to the agent');
my $directory = readlink('/proc/self/cwd'); $directory = $ENV{PWD} unless defined $directory;
frame(join('', map { "$_\0" } $ENV{JUJU_CONTEXT_ID}, $directory, $tool, @ARGV));
my $kind = take(1);
if ($kind eq 'I') { binmode STDIN; local $/; my $in = <STDIN>; frame(defined $in ? $in : ''); $kind = take(1) }
my ($exit, $out, $err) = unpack('CNN', take(9));
binmode STDOUT; binmode STDERR; $| = 1;
print STDOUT take($out) if $out; print STDERR take($err) if $err;
exit $exit;
`

const node = String.raw`
const { connect } = require('node:net'), { readFileSync } = require('node:fs'), { basename } = require('node:path')
const socket = connect(process.env.JUJU_AGENT_SOCKET_ADDRESS)
const frame = (bytes) => { const size = Buffer.alloc(4); size.writeUInt32BE(bytes.length); socket.write(Buffer.concat([size, bytes])) }
const words = [process.env.JUJU_CONTEXT_ID ?? '', process.cwd(), basename(process.argv[1]), ...process.argv.slice(2)]
frame(Buffer.from(words.map((word) => word + '\0').join('')))
let got = Buffer.alloc(0)
socket.on('error', (error) => { process.stderr.write('ERROR cannot connect to the agent: ' + error.code + '\n'); process.exitCode = 1 })
socket.on('data', (bytes) => {
  got = Buffer.concat([got, bytes])
  if (got[0] === 0x49) { got = got.subarray(1); frame(readFileSync(0)) }
})
socket.on('end', () => {
  if (got.length < 10) return
  const out = got.readUInt32BE(2), err = got.readUInt32BE(6)
  process.exitCode = got[1]
  process.stdout.write(got.subarray(10, 10 + out))
  process.stderr.write(got.subarray(10 + out, 10 + out + err))
})
`

/** Options of {@link installTools}. */
export interface InstallOptions {
  /** The interpreter; by default Perl where there is one, else this process's Node. */
  readonly interpreter?: 'perl' | 'node'
}

/**
 * Puts every hook tool into a folder for PATH: one program of some milliseconds, and a link for each name.
 *
 * @example
 * installTools('/tmp/hook/tools')   // relation-get, secret-add…
 */
export function installTools(folder: string, options: InstallOptions = {}): void {
  const interpreter = options.interpreter ?? (existsSync('/usr/bin/perl') ? 'perl' : 'node')
  mkdirSync(folder, { recursive: true })
  const program = interpreter === 'perl' ? perl : `#!${process.execPath}\n${node}`
  const file = interpreter === 'perl' ? 'jujuc' : 'jujuc.cjs'
  writeFileSync(join(folder, file), program, { mode: 0o755 })
  for (const name of Object.keys(tools)) symlinkSync(file, join(folder, name))
}
