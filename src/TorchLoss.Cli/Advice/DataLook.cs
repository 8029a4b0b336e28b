using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Advice;

/// <summary>Looks at a table: the facts on which advice rests.</summary>
static class DataLook
{
    const int MostRows = 3000;

    /// <summary>Looks.</summary>
    /// <param name="request">The table, the target, and whether it is a number or a class.</param>
    /// <param name="goal">What the user is after.</param>
    public static DataFacts Of(RunRequest request, string? goal)
    {
        var source = RunPlan.Open(request.Data);
        if (source.Images is not null)
        {
            throw new UsageException(
                $"--data {source.Name} holds images; choose looks at tables. See choose --task FIELD."
            );
        }

        var target = source.Table.Find(RunPlan.Target(source, request.Target))!;
        var others = source.Table.Columns.Where(column => column != target).ToList();
        var facts = new DataFacts
        {
            Kind = TaskKind.Classification,
            Rows = source.Table.Rows - target.Missing,
            Goal = goal,
            Unlabelled = target.Missing,
            Texts = [.. others.Where(c => c.Kind == ColumnKind.Text && !Ignored(source, c)).Select(c => c.Name)],
            Time = Time(source, others),
        };
        return others.Any(c => c.Kind is ColumnKind.Number or ColumnKind.Category)
            ? Prepared(request, target, facts)
            : WithoutInputs(request, target, facts with { HasInputs = false });
    }

    static DataFacts Prepared(RunRequest request, DataColumn target, DataFacts facts)
    {
        using var plan = RunPlan.Of(request with { OnMissing = "mean" });
        using var scope = NewDisposeScope();
        var task = plan.Task;
        var inputs = Sample(cat([task.Train.Inputs, task.Validation.Inputs], 0).to(float64));
        var targets = Sample(cat([task.Train.Targets, task.Validation.Targets], 0));
        if (task.Kind == TaskKind.Regression)
        {
            return Numeric(facts, target, LinearLook.Of(inputs, targets));
        }

        var levels = ClassLook.Levels(task.ClassNames);
        return Counted(facts, target) with
        {
            Order = levels is null ? null : ClassLook.Order(inputs, targets, levels),
            Disagreement = ClassLook.Disagreement(inputs, targets, task.Outputs),
        };
    }

    /// <summary>A table of texts or dates alone, which <c>train</c> cannot learn from, still has a target to look at.</summary>
    static DataFacts WithoutInputs(RunRequest request, DataColumn target, DataFacts facts)
    {
        var numeric = target.Kind == ColumnKind.Number && request.Task != "classification";
        return numeric ? Numeric(facts, target, null)
            : target.Distinct >= 2 && 2 * target.Distinct <= facts.Rows ? Counted(facts, target)
            : throw new UsageException(
                $"--target '{target.Name}' has {target.Distinct} different values in {facts.Rows} rows: no classes to tell apart."
            );
    }

    static DataFacts Counted(DataFacts facts, DataColumn target) =>
        facts with
        {
            Kind = TaskKind.Classification,
            Classes =
            [
                .. target
                    .Texts.OfType<string>()
                    .CountBy(name => name)
                    .OrderByDescending(pair => pair.Value)
                    .Select(pair => new ClassCount(pair.Key, pair.Value)),
            ],
        };

    static DataFacts Numeric(DataFacts facts, DataColumn target, ErrorFacts? errors)
    {
        double[] values = [.. target.Numbers().Where(double.IsFinite)];
        var mean = values.Average();
        return facts with
        {
            Kind = TaskKind.Regression,
            Numbers = new(
                values.Min(),
                values.Max(),
                mean,
                values.Average(value => (value - mean) * (value - mean)),
                Figures.Moment(values, 3),
                (double)values.Count(value => value == 0) / values.Length,
                values.All(double.IsInteger),
                errors
            ),
        };
    }

    static bool Ignored(DataSource source, DataColumn column) => source.BuiltIn?.Ignore.Contains(column.Name) is true;

    static string? Time(DataSource source, IEnumerable<DataColumn> columns) =>
        columns.FirstOrDefault(column => column.Kind == ColumnKind.Date)?.Name
        ?? (source.BuiltIn?.Kind == DataSetKind.Series ? source.Table.Columns[0].Name : null);

    /// <summary>Rows at equal distances where there are many: the looks take time in the square of the rows.</summary>
    static Tensor Sample(Tensor rows)
    {
        var step = (rows.shape[0] + MostRows - 1) / MostRows;
        return step <= 1 ? rows : rows.index_select(0, arange(0, rows.shape[0], step));
    }
}
