/** The respondent's language among those of the interface, for the few words that are the respondent's to read. */
import { shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { isOffered, speakAlso, type InterfaceLanguage } from './i18n'

/** Follows the form's language where the app speaks it, else the interface's. Changes once the texts are there. */
export function useSpoken(language: () => string): Readonly<Ref<InterfaceLanguage>> {
  const i18n = useI18n<object, InterfaceLanguage>()
  const spoken = shallowRef<InterfaceLanguage>(i18n.locale.value)
  watch(
    language,
    async (full) => {
      const [tag = ''] = full.split('-')
      if (!isOffered(tag)) return void (spoken.value = i18n.locale.value)
      await speakAlso(i18n, tag)
      if (language() === full) spoken.value = tag
    },
    { immediate: true },
  )
  return spoken
}
