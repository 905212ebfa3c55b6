import { join, resolve } from 'node:path'
import type { DescFile } from '@bufbuild/protobuf'
import type { DescriptorProto, EnumDescriptorProto } from '@bufbuild/protobuf/wkt'
import { beforeAll, describe, expect, test } from 'vitest'
import { generatedFiles, generatedFolder } from '../../store/proto/generate.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPython } from '../src/python.ts'

/** Everything that the wire depends on, one line each: `feast.core.Entity.spec = 1 message .feast.core.EntitySpecV2`. */
type Catalogue = ReadonlySet<string>

const script = `
import importlib, json, pkgutil
import feast.protos.feast as root
from google.protobuf import descriptor_pb2 as d
kinds = {v: k[5:] for k, v in d.FieldDescriptorProto.Type.items()}
lines = []
def enum(e, scope):
    for v in e.value: lines.append(f'{scope}.{e.name}.{v.name} = {v.number}')
def message(m, scope):
    name = f'{scope}.{m.name}'
    lines.append(f'{name} {"map" if m.options.map_entry else "message"}')
    for f in m.field:
        oneof = m.oneof_decl[f.oneof_index].name if f.HasField('oneof_index') else '-'
        repeated = 'repeated' if f.label == 3 else 'one'
        lines.append(f'{name}.{f.name} = {f.number} {kinds[f.type]} {f.type_name or "-"} {repeated} {oneof}')
    for e in m.enum_type: enum(e, name)
    for n in m.nested_type: message(n, name)
for module in pkgutil.walk_packages(root.__path__, 'feast.protos.feast.'):
    if not module.name.endswith('_pb2'): continue
    file = d.FileDescriptorProto()
    importlib.import_module(module.name).DESCRIPTOR.CopyToProto(file)
    for e in file.enum_type: enum(e, file.package)
    for m in file.message_type: message(m, file.package)
    for s in file.service:
        for r in s.method: lines.append(f'{file.package}.{s.name}.{r.name} {r.input_type} {r.output_type} {r.client_streaming or r.server_streaming}')
print(json.dumps(lines))
`

const kinds = [
  ...['', 'DOUBLE', 'FLOAT', 'INT64', 'UINT64', 'INT32', 'FIXED64', 'FIXED32', 'BOOL', 'STRING', 'GROUP', 'MESSAGE', 'BYTES', 'UINT32'],
  ...['ENUM', 'SFIXED32', 'SFIXED64', 'SINT32', 'SINT64'],
]

const enumLines = (desc: EnumDescriptorProto, scope: string): string[] =>
  desc.value.map((value) => `${scope}.${desc.name}.${value.name} = ${value.number}`)

const messageLines = (desc: DescriptorProto, scope: string): string[] => {
  const name = `${scope}.${desc.name}`
  return [
    `${name} ${desc.options?.mapEntry ? 'map' : 'message'}`,
    ...desc.field.map((field) => {
      const hasOneof = field.proto3Optional || Object.hasOwn(field, 'oneofIndex')
      const oneof = hasOneof ? desc.oneofDecl[field.oneofIndex]?.name : '-'
      return `${name}.${field.name} = ${field.number} ${kinds[field.type]} ${field.typeName || '-'} ${field.label === 3 ? 'repeated' : 'one'} ${oneof}`
    }),
    ...desc.enumType.flatMap((inner) => enumLines(inner, name)),
    ...desc.nestedType.flatMap((inner) => messageLines(inner, name)),
  ]
}

const fileLines = ({ proto }: DescFile): string[] => [
  ...proto.enumType.flatMap((desc) => enumLines(desc, proto.package)),
  ...proto.messageType.flatMap((desc) => messageLines(desc, proto.package)),
  ...proto.service.flatMap((service) =>
    service.method.map((method) => {
      const streams = method.clientStreaming || method.serverStreaming ? 'True' : 'False'
      return `${proto.package}.${service.name}.${method.name} ${method.inputType} ${method.outputType} ${streams}`
    }),
  ),
]

/** What we leave out: no registry row and no answer holds them. */
const leftOut = [
  /^feast\.core\.Store\b/,
  /^grpc\.connector\./,
  /^feast\.storage\./,
  /^feast\.serving\.(Transform|GetTransformation|ValueType)/,
  /^\./, // the feature server's gRPC service has no package
]

/** What 0.49 has and 0.67 has not. */
const goneSince049 = [/^feast\.core\.DynamoDBTable\b/, /^feast\.core\.InfraObject\.dynamodb_table /]

/** What 0.67 moved elsewhere: the same number on the wire, an empty message that has gained fields. */
const movedSince049 = [/^feast\.core\.FileFormat\.DeltaFormat /, /^feast\.core\.FileFormat\.delta_format = 2 MESSAGE /]

const feastLines = async (version: (typeof feastVersions)[number]): Promise<Catalogue> => {
  const lines = (await runPython(version, script)) as string[]
  return new Set(lines.filter((line) => !leftOut.some((pattern) => pattern.test(line))))
}

let ours: Catalogue

beforeAll(async () => {
  const modules = await Promise.all(
    (await generatedFiles(generatedFolder)).map(
      (file) => import(resolve(join(generatedFolder, file))) as Promise<Record<string, DescFile>>,
    ),
  )
  const files = modules.flatMap((module) => Object.entries(module).flatMap(([name, value]) => (name.startsWith('file_') ? [value] : [])))
  ours = new Set(files.flatMap(fileLines))
})

describe('our protobuf messages', () => {
  test.each(feastVersions)('hold every message, field, number, type and enum value of Feast %s', async (version) => {
    const theirs = await feastLines(version)
    expect(theirs.size).toBeGreaterThan(600)
    const missing = [...theirs].filter((line) => !ours.has(line))
    expect(missing.filter((line) => version === '0.67.0' || !movedSince049.some((pattern) => pattern.test(line)))).toEqual([])
    tested({ version, operation: 'messages' }, { rows: theirs.size })
  })

  test('hold nothing that neither release has', async () => {
    const [oldest, newest] = await Promise.all(feastVersions.map(feastLines))
    const onlyOurs = [...ours].filter((line) => !newest?.has(line))
    expect(onlyOurs.filter((line) => !oldest?.has(line))).toEqual([])
    expect(onlyOurs.filter((line) => !goneSince049.some((pattern) => pattern.test(line)))).toEqual([])
  })
})
