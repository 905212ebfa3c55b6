import { create } from '@bufbuild/protobuf'
import { type Project, project } from '../definition/project.ts'
import { type Project as ProjectMessage, ProjectSchema } from '../proto/feast/core/project_pb.ts'
import { describedMessage, describedOf } from './described.ts'

/** A project as Feast's message. */
export const projectMessage = (definition: Project): ProjectMessage =>
  create(ProjectSchema, { spec: { name: definition.name, ...describedMessage(definition) } })

/** A project read from Feast's message. */
export const projectOf = (message: ProjectMessage): Project =>
  project({ name: message.spec?.name ?? '', ...(message.spec === undefined ? {} : describedOf(message.spec)) })
