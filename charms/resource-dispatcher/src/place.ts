/** Where the charm runs. */
export interface Place {
  readonly app: string
  readonly model: string
}
