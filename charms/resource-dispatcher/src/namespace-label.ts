const prefix = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/**
 * Whether Kubernetes takes a text for a label's key: a name of at most 63 characters, which may have a DNS name and a slash before it.
 * Source: "Labels and Selectors", syntax and character set, in the documentation of Kubernetes.
 *
 * @example
 * isLabelKey('user.kubeflow.org/enabled')   // true
 * isLabelKey('two words')                   // false
 */
export const isLabelKey = (text: string): boolean => {
  const [first = '', second, ...more] = text.split('/')
  if (more.length > 0) return false
  return second === undefined ? name.test(first) : prefix.test(first) && name.test(second)
}

/**
 * Whether a text can be the name of a namespace: a DNS label of at most 63 characters.
 *
 * @example
 * isNamespaceName('../etc')   // false
 */
export const isNamespaceName = (text: string): boolean => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
