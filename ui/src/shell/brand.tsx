/** The mark: an F made of a table's rows, and the dot of a served value. */
export function Brand() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" className="brand-ground" />
      <path d="M9 8h14v4H13v4h8v4h-8v4.5H9z" className="brand-mark" />
      <circle cx="22" cy="24" r="2.5" className="brand-mark" />
    </svg>
  )
}
