import { ar } from '../../../sdk/web/src/account/text/ar.js';
import { de } from '../../../sdk/web/src/account/text/de.js';
import { en } from '../../../sdk/web/src/account/text/en.js';
import { es } from '../../../sdk/web/src/account/text/es.js';
import { ja } from '../../../sdk/web/src/account/text/ja.js';

/** What the page says beside its list. */
interface Own {
  back: string;
  ended: string;
  noScript: string;
}

const own: Record<string, Own> = {
  en: {
    back: 'Back to the app',
    ended: 'Your visit to this page has ended. Open it from the app again.',
    noScript: 'To change something, please allow JavaScript for this site and load the page again.',
  },
  de: {
    back: 'Zurück zur App',
    ended: 'Ihr Besuch auf dieser Seite ist beendet. Öffnen Sie sie noch einmal aus der App.',
    noScript: 'Um etwas zu ändern, erlauben Sie bitte JavaScript für diese Seite und laden Sie sie neu.',
  },
  es: {
    back: 'Volver a la aplicación',
    ended: 'Tu visita a esta página ha terminado. Ábrela de nuevo desde la aplicación.',
    noScript: 'Para cambiar algo, permite JavaScript en este sitio y vuelve a cargar la página.',
  },
  ja: {
    back: 'アプリに戻る',
    ended: 'このページの利用は終了しました。もう一度アプリから開いてください。',
    noScript: '変更するには、このサイトでJavaScriptを許可してから再読み込みしてください。',
  },
  ar: {
    back: 'العودة إلى التطبيق',
    ended: 'انتهت زيارتك لهذه الصفحة. افتحها من التطبيق مرة أخرى.',
    noScript: 'لتغيير شيء ما، اسمح بجافاسكربت لهذا الموقع ثم أعد تحميل الصفحة.',
  },
};

const lists = { ar, de, en, es, ja };

/** Every word of the page in every language, for the server as well. */
export const words = Object.fromEntries(Object.entries(lists).map(([language, list]) => [language, { ...list, ...own[language] }]));
