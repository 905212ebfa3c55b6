import { Component, type ErrorInfo, type ReactNode } from 'react'
import { Failure } from './state.tsx'

interface BoundaryState {
  readonly error: unknown
}

/** A page or card that breaks does not take the rest with it. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: null }

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    reportError(error instanceof Error ? error : new Error(`${String(error)}${info.componentStack ?? ''}`))
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <Failure error={this.state.error} what="this page" onRetry={() => this.setState({ error: null })} />
  }
}
