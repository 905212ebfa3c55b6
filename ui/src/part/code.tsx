import { type Language, splitCode } from './code-words.ts'
import { CopyText } from './copy.tsx'
import './code.css'

/** Code to read and to copy. */
export function Code({ text, language, label }: { readonly text: string; readonly language: Language; readonly label?: string }) {
  return (
    <div className="code">
      {label ? <div className="code-label label">{label}</div> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {splitCode(text, language).map((part, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, never reordered
            <span key={position} className={part.look || undefined}>
              {part.text}
            </span>
          ))}
        </code>
      </pre>
      <CopyText text={text} label="Copy the code" />
    </div>
  )
}
