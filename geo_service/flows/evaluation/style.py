"""How a report looks, on a screen and on A4."""

from __future__ import annotations

STYLE = """
body{margin:0;background:#eef1f4;color:#1f2933;
 font:14px/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif}
main{max-width:1120px;margin:0 auto;background:#fff;padding:28px 36px 40px}
h1{font-size:22px;margin:0;border-bottom:3px solid #b3261e;padding-bottom:8px}
h2{font-size:16px;margin:26px 0 8px;border-left:4px solid #0b4f9e;padding-left:8px;break-after:avoid}
.facts,.note{color:#52606d;font-size:12.5px;font-weight:normal}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:10px;margin-top:14px}
.tiles div{border:1px solid #d9dee3;border-radius:4px;padding:8px 10px;display:flex;flex-direction:column;break-inside:avoid}
.tiles b{font-size:20px;color:#0b4f9e}
small{color:#52606d;font-size:11px;font-weight:normal}
svg{display:block;width:100%;font-size:11.5px;fill:#1f2933}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:14px 28px}
figure{margin:0;break-inside:avoid}
figcaption{font-weight:bold;margin-bottom:4px}
table{border-collapse:collapse;width:100%;font-size:12px;font-variant-numeric:tabular-nums}
thead{display:table-header-group}
tr{break-inside:avoid}
th,td{border:1px solid #d9dee3;padding:3px 6px;text-align:right}
thead th{background:#e6edf5;vertical-align:bottom}
th:first-child{text-align:left}
tbody th{font-weight:normal}
td small{white-space:nowrap}
.sum th,.sum td{font-weight:bold;background:#f6f8fa}
.empty{padding:26px;text-align:center;background:#f6f8fa;border:1px dashed #b8c0c8}
.definitions{font-size:12.5px}
.definitions p{margin:3px 0}
dl{columns:2;column-gap:28px;margin:8px 0 0}
dl div{break-inside:avoid}
dt{font-weight:bold;display:inline}
dt::after{content:' = '}
dd{margin:0;display:inline}
@page{size:A4 landscape;margin:12mm}
@media print{
 body{background:#fff;font-size:11px}
 main{max-width:none;padding:0}
 table{font-size:9.5px}
 small{font-size:8.5px}
 *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
@media (max-width:760px){main{padding:16px}.charts{grid-template-columns:1fr}dl{columns:1}table{display:block;overflow-x:auto}}
"""
