import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'

/**
 * Puts text on the clipboard, inside frames too: where the clipboard is closed to a frame, a selected text area and the old
 * command still work.
 */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'hidden'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  return <IconButton icon={done ? Check : Copy} label={done ? 'Copied' : label} onClick={async () => setDone(await copyText(text))} />
}
