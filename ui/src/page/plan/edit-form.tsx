import { Ellipsis, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Kind } from '../../api/contract.ts'
import { kinds } from '../../kind/kind.ts'
import { Button } from '../../part/button.tsx'
import { Checkbox, Input, Segmented, TextArea } from '../../part/field.tsx'
import { Icon, KindIcon } from '../../part/icon.tsx'
import { Menu } from '../../part/menu.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { useObject } from '../detail/object.tsx'
import { diffValues } from './diff.ts'
import { addChange, guardForm } from './draft.ts'
import { FieldDiff } from './field-diff.tsx'
import { makePatch } from './merge-patch.ts'
import { type Fields, type ObjectForm, readForm, writeForm } from './object-form.ts'

interface EditFormProps {
  readonly project: string
  readonly kind: Kind
  readonly name: string
  readonly onDone: () => void
}

/** Changes one object: the common fields in a form, all of it as JSON; what comes out is only the difference. */
export function EditForm({ project, kind, name, onDone }: EditFormProps) {
  const query = useObject<Fields>(project, kind, name)
  if (query.isError) return <Failure error={query.error} what={`the ${kinds[kind].one} "${name}"`} />
  if (!query.data) return <Skeleton rows={6} label={`Loading ${name}`} />
  const { computed: _computed, definitions: _definitions, featureDefinition: _python, ...object } = query.data
  return <Editor key={`${kind} ${name}`} project={project} kind={kind} name={name} object={object} onDone={onDone} />
}

function readJson(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

function Editor({ project, kind, name, object: newest, onDone }: EditFormProps & { readonly object: Fields }) {
  // What the reader began with: a change by someone else meanwhile must not turn into one of ours.
  const [object] = useState(newest)
  const [mode, setMode] = useState('form')
  const [form, setForm] = useState<ObjectForm>(() => readForm(kind, object))
  const [json, setJson] = useState(() => JSON.stringify(object, null, 2))
  const edited = mode === 'form' ? writeForm(kind, object, form) : readJson(json)
  const patch = edited === null ? {} : makePatch(object, edited)
  const dirty = Object.keys(patch).length > 0

  useEffect(() => {
    guardForm(dirty)
    return () => guardForm(false)
  }, [dirty])

  function keep() {
    guardForm(false)
    addChange(project, { action: 'patch', kind, name, patch })
    onDone()
  }

  return (
    <form
      className="stack edit-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (dirty) keep()
      }}
    >
      <div className="row wrap">
        <h2 className="row">
          <KindIcon kind={kind} /> {name}
        </h2>
        <span className="push" />
        <Segmented
          label="How to edit"
          value={mode}
          onChange={(next) => {
            if (next === 'json' && edited !== null) setJson(JSON.stringify(edited, null, 2))
            if (next === 'form' && edited !== null) setForm(readForm(kind, edited))
            setMode(next)
          }}
          choices={[
            { value: 'form', name: 'Form' },
            { value: 'json', name: 'JSON' },
          ]}
        />
      </div>
      {mode === 'form' ? <CommonFields form={form} onForm={setForm} /> : null}
      {mode === 'json' ? (
        <TextArea
          label="The object as it is stored"
          rows={20}
          value={json}
          error={edited === null ? 'This is no JSON object.' : null}
          onChange={(event) => setJson(event.target.value)}
        />
      ) : null}
      {dirty && edited !== null ? <FieldDiff fields={diffValues(object, edited)} /> : null}
      <div className="row">
        <Button type="submit" look="primary" disabled={!dirty}>
          Add to the plan
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        <span className="push" />
        <Menu
          label="More"
          className="button icon-only"
          align="right"
          button={<Icon of={Ellipsis} />}
          items={[
            {
              name: `Plan to delete ${name}`,
              icon: Trash2,
              danger: true,
              onChoose: () => {
                addChange(project, { action: 'delete', kind, name })
                onDone()
              },
            },
          ]}
        />
      </div>
    </form>
  )
}

function CommonFields({ form, onForm }: { readonly form: ObjectForm; readonly onForm: (form: ObjectForm) => void }) {
  return (
    <>
      <Input label="Description" value={form.description} onChange={(event) => onForm({ ...form, description: event.target.value })} />
      <Input label="Owner" value={form.owner} onChange={(event) => onForm({ ...form, owner: event.target.value })} />
      <TextArea
        label="Tags, one a line: name=value"
        rows={4}
        value={form.tags}
        onChange={(event) => onForm({ ...form, tags: event.target.value })}
      />
      {form.ttl === null ? null : (
        <Input
          label="Time to live in seconds; 0 for no limit"
          type="number"
          min={0}
          value={form.ttl}
          onChange={(event) => onForm({ ...form, ttl: event.target.value })}
        />
      )}
      {form.online === null ? null : (
        <Checkbox label="Served online" checked={form.online} onChange={(event) => onForm({ ...form, online: event.target.checked })} />
      )}
    </>
  )
}
