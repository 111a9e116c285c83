import { render } from 'preact';
import { App } from './app.tsx';
import './style.css';

const room = document.getElementById('room');
if (room !== null) render(<App />, room);
