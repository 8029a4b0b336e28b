using System.Net;
using System.Text;

namespace TorchLoss.Reporting;

/// <summary>A number that matters, in large type.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number as the reader sees it.</param>
/// <param name="Note">A few words below it.</param>
public sealed record KeyFigure(string Label, string Value, string? Note = null);

/// <summary>
/// A report in one HTML file: no script, nothing loaded from elsewhere. It follows the reader's choice of light or dark,
/// prints well, and shows every given text as text, whatever it holds. Parts appear in the order in which they are added.
/// </summary>
/// <param name="title">The head of the report and of the browser's tab.</param>
/// <param name="subtitle">A line below it.</param>
public sealed class HtmlReport(string title, string? subtitle = null)
{
    private readonly StringBuilder _body = new();
    private readonly PageCharts _charts = new();
    private bool _inSection;

    /// <summary>Begins a section.</summary>
    public HtmlReport Section(string heading)
    {
        EndSection();
        _body.Append("<section>\n<h2>").Append(Text(heading)).Append("</h2>\n");
        _inSection = true;
        return this;
    }

    /// <summary>A paragraph.</summary>
    public HtmlReport Paragraph(string text) => Add($"<p>{Text(text)}</p>\n");

    /// <summary>A formula or command, in the type and with the line breaks it has.</summary>
    public HtmlReport Code(string text) => Add($"<pre>{Text(text)}</pre>\n");

    /// <summary>Something the reader should not miss.</summary>
    public HtmlReport Note(string text) => Add($"<p class=\"note\">{Text(text)}</p>\n");

    /// <summary>Several of them in one frame.</summary>
    public HtmlReport Notes(IReadOnlyList<string> texts) =>
        texts.Count switch
        {
            0 => this,
            1 => Note(texts[0]),
            _ => Add($"<ul class=\"note\">{string.Concat(texts.Select(text => $"<li>{Text(text)}</li>"))}</ul>\n"),
        };

    /// <summary>A line that leads elsewhere where the reader follows it; nothing is loaded from there.</summary>
    /// <param name="text">What is read.</param>
    /// <param name="address">Where it leads; one that does not begin with https:// is left out.</param>
    public HtmlReport Link(string text, string address) =>
        address.StartsWith("https://", StringComparison.Ordinal)
            ? Add($"<p><a href=\"{Text(address)}\" rel=\"noreferrer\">{Text(text)}</a></p>\n")
            : Paragraph(text);

    /// <summary>Small grey pictures with a line below each.</summary>
    public HtmlReport Pictures(IEnumerable<GreyImage> pictures)
    {
        Add("<div class=\"pictures\">\n");
        foreach (var picture in pictures)
        {
            string name = Text(picture.Title);
            string source = "data:image/png;base64," + Convert.ToBase64String(picture.ToPng());
            _body.Append($"<figure><img src=\"{source}\" alt=\"{name}\">");
            _body.Append($"<figcaption dir=\"auto\">{name}</figcaption></figure>\n");
        }

        return Add("</div>\n");
    }

    /// <summary>Numbers in large type, side by side.</summary>
    public HtmlReport KeyFigures(IEnumerable<KeyFigure> figures)
    {
        Add("<div class=\"figures\">\n");
        foreach (var figure in figures)
        {
            string size = figure.Value.Length > 12 ? "value long" : "value";
            _body.Append("<div><span class=\"label\">").Append(Text(figure.Label)).Append("</span>");
            _body.Append($"<span class=\"{size}\">").Append(Text(figure.Value)).Append("</span>");
            if (figure.Note is not null)
            {
                _body.Append("<span class=\"label\">").Append(Text(figure.Note)).Append("</span>");
            }

            _body.Append("</div>\n");
        }

        return Add("</div>\n");
    }

    /// <summary>Names with their values, in two or more columns where there is room.</summary>
    public HtmlReport Pairs(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        Add("<dl>\n");
        foreach (var (name, value) in pairs)
        {
            _body
                .Append("<div><dt dir=\"auto\">")
                .Append(Text(name))
                .Append("</dt><dd dir=\"auto\">")
                .Append(Text(value))
                .Append("</dd></div>\n");
        }

        return Add("</dl>\n");
    }

    /// <summary>A table.</summary>
    /// <param name="columns">Its columns, all of the same length.</param>
    /// <param name="foldedAs">Where given, the table is folded away under this line until the reader opens it.</param>
    public HtmlReport Table(IReadOnlyList<ReportColumn> columns, string? foldedAs = null)
    {
        int rows = columns.Count == 0 ? 0 : columns[0].Cells.Count;
        foreach (var column in columns)
        {
            if (column.Cells.Count != rows)
            {
                throw new ArgumentException(
                    $"The column '{column.Title}' has {column.Cells.Count} rows, the first one {rows}."
                );
            }
        }

        if (foldedAs is not null)
        {
            Add($"<details><summary>{Text(foldedAs)}</summary>\n");
        }

        Add("<div class=\"scroll\"><table>\n<thead><tr>");
        foreach (var column in columns)
        {
            _body
                .Append(column.Numeric ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
                .Append(Text(column.Title))
                .Append("</th>");
        }

        _body.Append("</tr></thead>\n<tbody>\n");
        for (int row = 0; row < rows; row++)
        {
            _body.Append("<tr>");
            foreach (var column in columns)
            {
                string kind = (column.Numeric ? "n" : "") + (column.Best == row ? " best" : "");
                _body
                    .Append(kind.Length > 0 ? $"<td class=\"{kind.Trim()}\">" : "<td dir=\"auto\">")
                    .Append(Text(column.Cells[row]))
                    .Append("</td>");
            }

            _body.Append("</tr>\n");
        }

        _body.Append("</tbody>\n</table></div>\n");
        return foldedAs is null ? this : Add("</details>\n");
    }

    /// <summary>A chart over the full width.</summary>
    public HtmlReport Chart(Chart chart) => Charts([chart]);

    /// <summary>Charts side by side where there is room.</summary>
    public HtmlReport Charts(IReadOnlyList<Chart> charts)
    {
        if (charts.Count == 0)
        {
            return this;
        }

        Add($"<div class=\"charts{(charts.Count == 1 ? " one" : "")}\">\n");
        foreach (var chart in charts)
        {
            _body.Append(_charts.Figure(chart));
        }

        return Add("</div>\n");
    }

    /// <summary>The whole file.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
        page.Append("style-src 'unsafe-inline'; img-src data:\">\n");
        page.Append("<title>")
            .Append(Text(title))
            .Append("</title>\n<style>\n")
            .Append(Style)
            .Append(_charts.Style())
            .Append("</style>\n</head>\n<body>\n");
        page.Append("<main>\n<header>\n<h1 dir=\"auto\">").Append(Text(title)).Append("</h1>\n");
        if (!string.IsNullOrEmpty(subtitle))
        {
            page.Append("<p>").Append(Text(subtitle)).Append("</p>\n");
        }

        page.Append("</header>\n").Append(_body).Append(_inSection ? "</section>\n" : "");
        page.Append("<footer>Written by TorchLoss</footer>\n</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>Writes the file; it is there complete or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, ToHtml());

    private HtmlReport Add(string html)
    {
        _body.Append(html);
        return this;
    }

    private void EndSection()
    {
        if (_inSection)
        {
            _body.Append("</section>\n");
        }
    }

    /// <summary>Text that cannot become markup, without the characters that HTML does not allow.</summary>
    private static string Text(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            bool allowed =
                rune.Value is '\n' or '\t' || (!Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF));
            kept.Append(allowed ? rune.ToString() : "\uFFFD");
        }

        return WebUtility.HtmlEncode(kept.ToString());
    }

    private const string Style = """
        :root {
          --page: #f4f6f9; --card: #ffffff; --text: #1b2230; --muted: #5c6778; --line: #e4e8ee; --accent: #2c68e0; --good: #0b7a5a;
          --tint: #f0f5ff;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0e1217; --card: #171c24; --text: #e7eaf0; --muted: #9aa5b5; --line: #2b333f; --accent: #72a2ff; --good: #43c99e;
            --tint: #1b2536;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--page); color: var(--text);
          font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
        }
        main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 32px; }
        header { margin-bottom: 28px; }
        h1 { margin: 0; font-size: 28px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
        header p { margin: 6px 0 0; color: var(--muted); overflow-wrap: anywhere; }
        section {
          background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 22px 24px 24px; margin-bottom: 20px;
        }
        h2 { margin: 0 0 14px; font-size: 17px; font-weight: 650; }
        p { margin: 0 0 12px; max-width: 76ch; overflow-wrap: anywhere; }
        section > :last-child { margin-bottom: 0; }
        .note {
          max-width: none; margin-bottom: 20px; padding: 10px 16px; background: var(--tint);
          border-left: 3px solid var(--accent); border-radius: 0 8px 8px 0;
        }
        pre {
          margin: 0 0 14px; padding: 12px 16px; overflow-x: auto; border-radius: 8px; background: var(--page);
          font: 13.5px/1.6 ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
        }
        ul.note { padding-left: 34px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 20px; }
        .figures > div {
          display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: 14px 18px;
        }
        section .figures > div { background: var(--page); border-color: transparent; }
        .label { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
        .value { font-size: 26px; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .value.long { font-size: 16px; line-height: 1.5; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 0 32px; margin: 0 0 14px; }
        dl > div {
          display: flex; justify-content: space-between; gap: 16px; padding: 6px 0; border-bottom: 1px solid var(--line);
        }
        dt { color: var(--muted); }
        dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .scroll { overflow-x: auto; margin-bottom: 14px; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th {
          text-align: left; font-weight: 600; color: var(--muted); font-size: 13px; padding: 6px 14px 6px 0;
          border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: bottom;
        }
        td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        td:first-child:not(.n) { min-width: min(30ch, 40vw); }
        tbody tr:last-child td { border-bottom: 0; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: 14px; padding-right: 0; }
        .n + :not(.n) { padding-left: 28px; }
        .best { color: var(--good); font-weight: 650; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 20px; margin: 0 -16px 14px; }
        .charts.one { grid-template-columns: 1fr; }
        figure { margin: 0; min-width: 0; }
        .chart svg { display: block; width: 100%; height: auto; }
        .half .wide { max-width: 640px; }
        .chart .narrow { display: none; max-width: 520px; }
        @media (max-width: 800px) { .full .wide { display: none; } .full .narrow { display: block; } }
        @media (max-width: 480px) { .half .wide { display: none; } .half .narrow { display: block; } }
        .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(94px, 1fr)); gap: 14px; margin-bottom: 14px; }
        .pictures img { display: block; width: 100%; border-radius: 6px; image-rendering: pixelated; }
        figcaption { color: var(--muted); font-size: 13px; line-height: 1.4; margin-top: 4px; overflow-wrap: anywhere; }
        a { color: var(--accent); }
        a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        details { margin-bottom: 12px; }
        summary { cursor: pointer; color: var(--accent); margin-bottom: 8px; }
        footer { color: var(--muted); font-size: 13px; text-align: center; padding-top: 8px; }
        @media (max-width: 600px) {
          main { padding: 24px 12px; }
          section { padding: 18px 16px; }
          h1 { font-size: 23px; }
          .value { font-size: 21px; }
          dl { grid-template-columns: 1fr; }
        }
        @media print {
          body { background: none; font-size: 12px; }
          main { padding: 0; }
          section { border: 0; padding: 0; }
          h2 { break-after: avoid; }
          .chart, .figures, .note, tr, .pictures figure { break-inside: avoid; }
        }

        """;
}
