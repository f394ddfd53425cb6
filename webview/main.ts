import { ReviewPanel } from './panel.ts';
import './main.css';
import { takeTexts } from './texts.ts';
import { registerToolkit } from './toolkit.ts';

const place = document.getElementById('panel');
if (!place) throw new Error('a page without a place for the panel');
registerToolkit();
takeTexts(place.dataset['texts']);
new ReviewPanel(place).begin();
