import { post } from '../../api/client.ts'
import type { ApplyAnswer, ApplyRequest, Plan, PlanRequest } from '../../api/contract.ts'
import { queryClient } from '../../api/query.ts'
import { formatPlural } from '../../format/number.ts'
import { showToast } from '../../part/toast.tsx'

export async function askPlan(request: PlanRequest): Promise<Plan> {
  return post<Plan>('plan', request)
}

/** Applies what was planned, if the registry is still as it was planned against; then offers the way back. */
export async function applyPlan(request: ApplyRequest, version: string): Promise<ApplyAnswer> {
  const answer = await post<ApplyAnswer>('apply', request, { headers: { 'if-match': `"${version}"` } })
  void queryClient.invalidateQueries()
  const { undo } = answer
  showToast({
    text: `Applied ${formatPlural(answer.applied, 'change')}.`,
    ...(undo === null ? {} : { action: { name: 'Undo', onChoose: () => void undoApply(request.project, undo) } }),
  })
  return answer
}

async function undoApply(project: string, undo: string): Promise<void> {
  const request: PlanRequest = { project, changes: [], undo }
  try {
    const plan = await askPlan(request)
    await post<ApplyAnswer>('apply', request, { headers: { 'if-match': `"${plan.version}"` } })
    void queryClient.invalidateQueries()
    showToast({ text: 'Undone: the registry is as it was before.' })
  } catch (error) {
    showToast({ tone: 'bad', text: error instanceof Error ? error.message : String(error) })
  }
}
