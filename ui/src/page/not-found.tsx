import { PageHead } from '../part/page-head.tsx'
import { Link } from '../route/link.tsx'
import { usePlace } from '../route/router.ts'

/** An address that no page has. */
export function NotFoundPage() {
  const { path } = usePlace()
  return (
    <>
      <PageHead name="No such page" crumbs={[]} />
      <p>
        There is no page at <code>{path}</code>. Begin at <Link to="/">the projects</Link>, or press <kbd>/</kbd> to search.
      </p>
    </>
  )
}
