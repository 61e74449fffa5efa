import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { grantConsent, type Grant } from '@/api/actions'
import { refreshCustomer } from '@/api/queries'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Field } from '@/design/field'
import { ProblemNotice } from '@/design/problem-notice'
import { useText } from '@/i18n/text'

type Props = { customerId: string; onClose: () => void }

export function GrantDialog({ customerId, onClose }: Props) {
  const text = useText()
  const queries = useQueryClient()
  const [isBare, setBare] = useState(false)
  const grant = useMutation({
    mutationFn: (wanted: Grant) => grantConsent(customerId, wanted),
    onSuccess: () => {
      void refreshCustomer(queries, customerId)
      onClose()
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wanted = wantedOf(new FormData(event.currentTarget))
    setBare(wanted.sources.length === 0)
    if (wanted.sources.length > 0) grant.mutate(wanted)
  }
  return (
    <Dialog shape="box" title={text.consents.grantTitle} closeLabel={text.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <p className="text-quiet">{text.consents.grantLead}</p>
        <Field
          name="sources"
          label={text.consents.sources}
          hint={text.consents.sourcesHint}
          fault={isBare ? text.consents.sourcesMissing : undefined}
          defaultValue="bank"
          autoComplete="off"
          spellCheck={false}
        />
        <Field
          name="party"
          label={text.consents.partyOptional}
          hint={text.consents.partyHint}
          autoComplete="off"
          spellCheck={false}
        />
        {grant.isError && <ProblemNotice error={grant.error} title={text.problem.notDone} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button type="submit" look="primary" isBusy={grant.isPending}>
            {text.consents.grant}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function wantedOf(form: FormData): Grant {
  const written = (name: string) => {
    const value = form.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const sources = written('sources')
    .split(/[\s,]+/)
    .filter((source) => source !== '')
  return { sources, party: written('party') }
}
