import type { DesiredBag } from '@charmed-feast/charm'

import { prefix } from './metadata.ts'

/**
 * The link in Kubeflow's dashboard: six keys, no more (one more breaks the dashboard charm); in the menu, so that it opens inside the frame.
 *
 * @example
 * dashboardLinks.dashboard_links
 */
export const dashboardLinks: DesiredBag = {
  dashboard_links: JSON.stringify([{ text: 'Feast', link: prefix, location: 'menu', icon: 'device:data-usage', type: 'item', desc: '' }]),
}
