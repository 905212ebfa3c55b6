import type { Described } from '../definition/described.ts'

/** The words of a message, frozen: messages belong to who decoded them, definitions to everybody. */
export const describedOf = (message: Described): Described => ({
  description: message.description,
  tags: Object.freeze({ ...message.tags }),
  owner: message.owner,
})

/** The words of a definition, for a message. */
export const describedMessage = ({
  description,
  tags,
  owner,
}: Described): { description: string; tags: Record<string, string>; owner: string } => ({
  description,
  tags: { ...tags },
  owner,
})
