import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { grantConsent, type Grant } from '@/api/actions'
import { refreshCustomer } from '@/api/queries'
import type { Source } from '@/api/types'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Field } from '@/design/field'
import { ProblemNotice } from '@/design/problem-notice'
import { SourceChoice } from '@/features/consents/source-choice'
import { useText } from '@/i18n/text'

type Props = { customerId: string; sources: readonly Source[]; onClose: () => void }

export function GrantDialog({ customerId, sources, onClose }: Props) {
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
        <SourceChoice sources={sources} fault={isBare ? text.consents.sourcesMissing : undefined} />
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
  const texts = (name: string) => form.getAll(name).filter((value) => typeof value === 'string')
  return { sources: texts('source'), party: texts('party').join('').trim() }
}
