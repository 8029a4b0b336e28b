namespace TorchLoss.Training;

/// <summary>The steps from a table to a task, one a method.</summary>
internal sealed class TaskBuilder(DataTable table, TaskOptions options)
{
    const int MostNumberedClasses = 20;
    const int LeastRowsPerClass = 5;
    const int MostTwins = 3000;

    readonly List<string> _notes = [];

    public TabularTask Build()
    {
        if (options.ValidationShare is not (> 0 and < 1))
            throw Refuse($"the validation share must lie between 0 and 1, not at {options.ValidationShare}");
        var target = table[options.Target];
        var kind = Kind(target);
        var weight = options.SampleWeight is { } name ? Weight(table[name], target) : null;
        var features = Features(target, weight);
        var rows = Rows(weight is null ? [target] : [target, weight], features);
        return kind == TaskKind.Classification ? Classes(target, features, rows) : Numbers(target, features, rows);
    }

    TaskKind Kind(DataColumn target)
    {
        if (target.Kind == ColumnKind.Empty)
            throw Refuse($"the target column '{target.Name}' is empty");
        if (options.Task != TaskKind.Auto)
            return options.Task;
        if (target.Kind == ColumnKind.Number && !HoldsClasses(target))
            return TaskKind.Regression;
        _notes.Add($"Column '{target.Name}' has {target.Distinct} classes: classification.");
        return TaskKind.Classification;
    }

    bool HoldsClasses(DataColumn column) =>
        column.Distinct <= MostNumberedClasses
        && column.Distinct * LeastRowsPerClass <= table.Rows - column.Missing
        && column.Numbers().All(value => double.IsNaN(value) || double.IsInteger(value));

    DataColumn Weight(DataColumn column, DataColumn target)
    {
        if (column == target)
            throw Refuse($"the column '{column.Name}' cannot be both the target and the weight of rows");
        if (column.Kind != ColumnKind.Number || column.Numbers().Any(value => value < 0))
            throw Refuse($"the column '{column.Name}' of weights must hold numbers of at least 0");
        return column.Numbers().Any(value => value > 0)
            ? column
            : throw Refuse($"the column '{column.Name}' of weights holds nothing but 0");
    }

    DataColumn[] Features(DataColumn target, DataColumn? weight)
    {
        foreach (var name in options.Ignore)
            _ = table[name];
        var others = table.Columns.Where(column =>
            column != target && column != weight && !options.Ignore.Contains(column.Name)
        );
        DataColumn[] features = [.. others.Where(IsFeature)];
        return features.Length > 0 ? features : throw Refuse("no column is left to learn from");
    }

    bool IsFeature(DataColumn column)
    {
        if (column.Kind is ColumnKind.Number or ColumnKind.Category)
            return true;
        var what = column.Kind switch
        {
            ColumnKind.Date => "holds dates",
            ColumnKind.Empty => "is empty",
            _ => $"holds free text ({column.Distinct} different ones)",
        };
        _notes.Add($"Column '{column.Name}' {what} and is ignored.");
        return false;
    }

    int[] Rows(DataColumn[] labels, DataColumn[] features)
    {
        var labelled = Keep(
            Enumerable.Range(0, table.Rows),
            labels,
            labels.Length > 1 ? "target or a weight" : "target"
        );
        var rows = options.OnMissing == MissingPolicy.Mean ? labelled : Keep(labelled, features, "feature");
        return rows.Length > 0
            ? rows
            : throw Refuse("every row misses a value; fill them instead of dropping the rows");
    }

    int[] Keep(IEnumerable<int> rows, DataColumn[] columns, string what)
    {
        var all = rows.ToArray();
        var kept = all.Where(row => !columns.Any(column => column.IsMissing(row))).ToArray();
        if (kept.Length == all.Length)
            return kept;
        if (options.OnMissing == MissingPolicy.Error)
        {
            var row = all.First(row => columns.Any(column => column.IsMissing(row)));
            throw table.Error(
                row,
                $"column '{columns.First(column => column.IsMissing(row)).Name}': the value is missing"
            );
        }
        _notes.Add($"{all.Length - kept.Length} of {all.Length} rows miss a {what} and are left out.");
        return kept;
    }

    TabularTask Classes(DataColumn target, DataColumn[] features, int[] rows)
    {
        var names = ClassNames(target, rows);
        var place = names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        var labels = rows.Select(row => place[target.Texts[row]!]).ToArray();
        var split = Split.ByClass(labels, options.ValidationShare, options.Seed);
        var preprocessing = Fit(features, rows, split, new ClassTarget(target.Name, names));
        return Make(TaskKind.Classification, preprocessing, rows, split, part => Labels(labels, part));
    }

    string[] ClassNames(DataColumn target, int[] rows)
    {
        var names = rows.Select(row => target.Texts[row]!).Distinct();
        string[] sorted =
            target.Kind == ColumnKind.Number
                ? [.. names.OrderBy(Value).ThenBy(name => name, StringComparer.Ordinal)]
                : [.. names.Order(StringComparer.Ordinal)];
        if (sorted.Length < 2)
            throw Refuse($"the target column '{target.Name}' has only one class, '{sorted[0]}'");
        return 2 * sorted.Length <= rows.Length
            ? sorted
            : throw Refuse($"the target column '{target.Name}' has {sorted.Length} classes in {rows.Length} rows");
    }

    static double Value(string text) => Cell.TryNumber(text, out var value) ? value : double.NaN;

    static Tensor Labels(int[] labels, IReadOnlyList<int> part) => tensor(part.Select(i => (long)labels[i]).ToArray());

    TabularTask Numbers(DataColumn target, DataColumn[] features, int[] rows)
    {
        var values = rows.Select(target.Number).ToArray();
        var split = SplitNumbers(features, rows, values);
        var (mean, deviation) = Spread(target.Name, split.Train.Select(i => values[i]));
        if (deviation == 0)
            throw Refuse($"the target column '{target.Name}' is the same in every row");
        var preprocessing = Fit(features, rows, split, new NumberTarget(target.Name, mean, deviation));
        return Make(TaskKind.Regression, preprocessing, rows, split, part => Scaled(values, part, mean, deviation));
    }

    /// <summary>Rows alike are dealt out to both parts; in large tables, where chance does that, rows with targets alike.</summary>
    Split SplitNumbers(DataColumn[] features, int[] rows, double[] values)
    {
        if (rows.Length > MostTwins)
            return Split.ByTarget(values, options.ValidationShare, options.Seed);
        var whole = new Preprocessing(
            [.. features.Select(column => Fit(column, rows)).OfType<FeatureEncoding>()],
            null!
        );
        var (mean, deviation) = Spread(options.Target, values);
        var scale = deviation > 0 ? deviation : 1;
        var inputs = whole.Rows(table, rows);
        float[][] points = [.. inputs.Select((row, i) => (float[])[.. row, (float)((values[i] - mean) / scale)])];
        return Split.ByTwins(points, options.ValidationShare, options.Seed);
    }

    static Tensor Scaled(double[] values, IReadOnlyList<int> part, double mean, double deviation) =>
        tensor(part.Select(i => (float)((values[i] - mean) / deviation)).ToArray(), part.Count, 1);

    TabularTask Make(
        TaskKind kind,
        Preprocessing preprocessing,
        int[] rows,
        Split split,
        Func<IReadOnlyList<int>, Tensor> targets
    )
    {
        TensorSet Set(IReadOnlyList<int> part) =>
            new(preprocessing.Encode(table, [.. part.Select(i => rows[i])]), targets(part), Weights(rows, part));
        return new(kind, preprocessing, Set(split.Train), Set(split.Validation)) { Notes = _notes };
    }

    Tensor? Weights(int[] rows, IReadOnlyList<int> part) =>
        options.SampleWeight is { } name
            ? tensor(part.Select(i => (float)table[name].Number(rows[i])).ToArray())
            : null;

    Preprocessing Fit(DataColumn[] columns, int[] rows, Split split, TargetEncoding target)
    {
        if (split.Validation.Count == 0)
            throw Refuse($"{rows.Length} rows are too few to hold {options.ValidationShare:P0} back");
        int[] train = [.. split.Train.Select(i => rows[i])];
        FeatureEncoding[] features =
        [
            .. columns.Select(column => Noted(column, Fit(column, train))).OfType<FeatureEncoding>(),
        ];
        return features.Length > 0
            ? new(features, target)
            : throw Refuse("no column is left to learn from: all are constant");
    }

    FeatureEncoding? Noted(DataColumn column, FeatureEncoding? encoding)
    {
        if (encoding is null)
            _notes.Add($"Column '{column.Name}' never changes in the training part and is ignored.");
        return encoding;
    }

    FeatureEncoding? Fit(DataColumn column, int[] train) =>
        column.Kind == ColumnKind.Number ? Number(column, train) : Category(column, train);

    NumberEncoding? Number(DataColumn column, int[] train)
    {
        var (mean, deviation) = Spread(column.Name, train.Select(column.Number).Where(double.IsFinite));
        return deviation > 0 ? new(column.Name, mean, deviation) : null;
    }

    static CategoryEncoding? Category(DataColumn column, int[] train)
    {
        var counts = train.Select(row => column.Texts[row]).OfType<string>().CountBy(text => text).ToArray();
        if (counts.Length < 2)
            return null;
        string[] categories = [.. counts.Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        var most = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal);
        return new(column.Name, categories, most.First().Key);
    }

    (double Mean, double Deviation) Spread(string column, IEnumerable<double> values)
    {
        var all = values.ToArray();
        if (all.Length == 0)
            return (0, 0);
        var mean = all.Average();
        var deviation = Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
        if (!double.IsFinite(mean) || !double.IsFinite(deviation))
            throw Refuse($"the numbers of column '{column}' are too large to work with");
        // What rounding leaves of a constant is no spread.
        return (mean, deviation > 1e-12 * Math.Abs(mean) ? deviation : 0);
    }

    DataFileException Refuse(string reason) => new(table.Name, 0, reason);
}
