/** Where an API server is, and who asks it. */
export interface KubernetesAccess {
  /** Without a path: `https://127.0.0.1:6443`. */
  readonly url: string
  /** Itself, or what reads it anew for each request: tokens are renewed. */
  readonly token?: string | (() => Promise<string>)
  /** The authority of the server's certificate: PEM. */
  readonly ca?: string
  /** A client's certificate and its key: PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Whether any certificate is believed: only where a kubeconfig says so. */
  readonly insecure?: boolean
}
