using TorchLoss.Reporting;

namespace TorchLoss.Cli.Applications;

/// <summary>The report of an application.</summary>
static class DemoReport
{
    /// <summary>Writes it as one HTML file.</summary>
    public static void Write(string path, Application application, Findings findings)
    {
        var report = new HtmlReport(application.Name, application.About).Section("Findings");
        foreach (var claim in findings.Claims)
        {
            report = claim.Holds ? report.Paragraph(claim.Text) : report.Note("Not so in this run: " + claim.Text);
        }

        report.Table([
            .. findings.Columns.Select((title, i) => ReportColumn.Texts(title, findings.Rows.Select(row => row[i]))),
        ]);
        foreach (var (_, chart) in findings.Charts)
        {
            report.Chart(chart);
        }

        foreach (var note in findings.Notes)
        {
            report.Paragraph(note);
        }

        if (findings.Text.Length > 0)
        {
            report.Section("Samples").Code(findings.Text);
        }

        report.Save(path);
    }
}
