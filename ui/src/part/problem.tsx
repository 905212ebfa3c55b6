import { ApiFailure } from '../api/client.ts'
import './problem.css'

/** Why something that was asked for did not happen, in one line, where it was asked for. */
export function Problem({ error }: { readonly error: Error }) {
  return (
    <p className="problem" role="alert">
      {error.message}
      {error instanceof ApiFailure && error.requestId ? <span className="label mono"> {error.requestId}</span> : null}
    </p>
  )
}
