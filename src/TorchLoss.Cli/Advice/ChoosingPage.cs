using System.Text;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Advice;

/// <summary>The rules and fields as a page in Markdown: docs/choosing.md.</summary>
static class ChoosingPage
{
    const string Intro = """
        # How to choose a loss

        Written by `torchloss choose --page` from the rules that the command applies.

        A loss says what a mistake costs, and so what the model becomes. Ask three things:

        1. **What is predicted?** A number, a class, a text, a mask, an order, a distribution. That decides the family.
        2. **Which mistakes matter?** All alike, large ones, those of rare classes, those in per cent, misses more than false alarms.
        3. **What is wrong with the data?** Outliers, wrong labels, uneven classes, many zeros.

        Then hold the choice against the plain loss of the family (`MSELoss`, `CrossEntropyLoss`) on data that were held back, over
        several seeds, by the metric that you will be judged by: `torchloss compare --losses A;B`, or `torchloss choose --data FILE --try`.
        A loss on trial that does not beat the plain one beyond the spread of seeds is not worth its options.

        Losses can be added up: `--loss CrossEntropyLoss+0.5*LovaszSoftmaxLoss`, and options can change while training:
        `--loss "SoftmaxFocalLoss:gamma=LossWeightSchedule(total_steps=1000,start=0,end=2)"`.

        ## Tables: numbers and classes

        `torchloss choose --data FILE --target COLUMN` looks for what follows, in this order. The first rule that holds names the first
        choice; others add alternatives.

        """;

    /// <summary>The page.</summary>
    public static string Text()
    {
        var text = new StringBuilder(Intro.ReplaceLineEndings("\n"));
        foreach (var rule in Rules.All)
        {
            text.Append($"\n### {Upper(rule.Name)}\n\nWhere: {rule.Condition}.\n\n");
            Losses(text, rule.Losses);
            text.Append($"\nLook at `{rule.Metric}`: {rule.Watch}.\n");
        }

        text.Append("\n## Other fields\n\n`torchloss choose --task FIELD --goal GOAL`.\n");
        foreach (var field in Fields.All)
        {
            text.Append($"\n### {Upper(field.Name)}\n");
            foreach (var goal in field.Goals)
            {
                text.Append($"\n**{goal.Goal}**: {goal.About}. Look at {goal.Watch}.\n\n");
                Losses(text, goal.Losses);
            }
        }

        return text.ToString();
    }

    static void Losses(StringBuilder text, IEnumerable<Candidate> losses)
    {
        text.Append("| loss | why | source |\n|---|---|---|\n");
        foreach (var loss in losses)
        {
            text.Append($"| `{loss.Loss}` | {loss.Why} | {Cell(LossChoice.Parse(loss.Loss).Info.Source)} |\n");
        }
    }

    static string Cell(string text) => text.Replace("|", "\\|").Replace("\n", " ");

    static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
