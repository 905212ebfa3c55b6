export function TrainingSetPage() {
  return null
}
