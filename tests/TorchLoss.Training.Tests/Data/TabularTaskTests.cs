using System.Text;

namespace TorchLoss.Training.Tests;

public sealed class TabularTaskTests
{
    static DataTable Table(int rows, Func<int, string> line, string header) =>
        DataTable.Parse(header + "\n" + string.Join('\n', Enumerable.Range(0, rows).Select(line)));

    static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();

    [Fact]
    public void Measures_on_the_training_part_alone()
    {
        var table = Table(100, i => $"{i * i},{(i % 3 == 0 ? "x" : "y")},{2 * i + 0.5}", "a,b,t");
        using var task = TabularTask.Prepare(table, new() { Target = "t", Seed = 3 });
        Assert.Equal(TaskKind.Regression, task.Kind);
        Assert.Equal(["a", "b=x", "b=y"], task.FeatureNames);
        Assert.Equal((80, 20), (task.Train.Count, task.Validation.Count));
        using var first = task.Train.Inputs.select(1, 0);
        Assert.Equal(0, first.mean().item<float>(), 4);
        Assert.Equal(1, first.std(false).item<float>(), 4);
        Assert.Equal(0, task.Train.Targets.mean().item<float>(), 4);
        using var held = task.Validation.Inputs.select(1, 0);
        Assert.NotEqual(0, held.mean().item<float>(), 4);
        Assert.Equal([20L, 1], task.Validation.Targets.shape);
    }

    [Fact]
    public void Splits_are_pure_and_keep_the_classes()
    {
        var classes = Enumerable.Range(0, 200).Select(i => i % 10 == 0 ? 1 : 0).ToArray();
        var split = Split.ByClass(classes, 0.2, 7);
        Assert.Equal(split.Validation, Split.ByClass(classes, 0.2, 7).Validation);
        Assert.NotEqual(split.Validation, Split.ByClass(classes, 0.2, 8).Validation);
        Assert.Equal(4, split.Validation.Count(row => classes[row] == 1));
        Assert.Equal(Enumerable.Range(0, 200), split.Train.Concat(split.Validation).Order());
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.3)]
    [InlineData(0.75)]
    public void Every_split_holds_back_its_share(double share)
    {
        var random = new Random(1);
        var targets = Enumerable.Range(0, 400).Select(_ => random.NextDouble()).ToArray();
        var points = targets.Select(target => new[] { (float)target, (float)random.NextDouble() }).ToArray();
        foreach (var split in new[] { Split.ByTarget(targets, share, 1), Split.ByTwins(points, share, 1) })
        {
            Assert.InRange(split.Validation.Count, 400 * share - 4, 400 * share + 4);
            Assert.Equal(Enumerable.Range(0, 400), split.Train.Concat(split.Validation).Order());
        }
    }

    [Fact]
    public void The_order_of_an_epoch_is_a_permutation_and_never_changes()
    {
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), Shuffle.Order(100, 1, 2).Order());
        Assert.NotEqual(Shuffle.Order(100, 1, 2), Shuffle.Order(100, 1, 3));
        Assert.NotEqual(Shuffle.Order(100, 1, 2), Shuffle.Order(100, 2, 1));
        Assert.Empty(Shuffle.Order(0, 1, 2));
        // Checkpoints of older versions count on this very order.
        Assert.Equal("0 4 5 6 7 3 1 2", string.Join(' ', Shuffle.Order(8, 42, 1)));
    }

    [Fact]
    public void Each_place_gets_each_sample_equally_often()
    {
        var counts = new int[5, 5];
        for (var epoch = 0; epoch < 5000; epoch++)
        {
            var order = Shuffle.Order(5, 9, epoch);
            for (var place = 0; place < 5; place++)
                counts[place, order[place]]++;
        }
        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Missing_values_are_dropped_filled_or_refused()
    {
        var table = Table(
            40,
            i => $"{(i == 5 ? "" : i % 7)},{(i == 6 ? "?" : i % 4 == 0 ? "x" : "y")},{i % 2}",
            "a,b,t"
        );
        var options = new TaskOptions { Target = "t" };
        using var dropped = TabularTask.Prepare(table, options);
        Assert.Equal(38, dropped.Train.Count + dropped.Validation.Count);
        Assert.Contains(
            dropped.Notes,
            note => note.StartsWith("2 of 40 rows miss a feature", StringComparison.Ordinal)
        );
        using var filled = TabularTask.Prepare(table, options with { OnMissing = MissingPolicy.Mean });
        Assert.Equal(40, filled.Train.Count + filled.Validation.Count);
        var refusal = Assert.Throws<DataFileException>(() =>
            TabularTask.Prepare(table, options with { OnMissing = MissingPolicy.Error })
        );
        Assert.Equal(7, refusal.Line);
    }

    [Fact]
    public void New_rows_are_encoded_as_in_training_also_after_json()
    {
        var table = Table(40, i => $"{i},{(i % 4 == 0 ? "x" : "y")},{i % 2}", "a,b,t");
        using var task = TabularTask.Prepare(table, new() { Target = "t" });
        var again = Preprocessing.FromJson(task.Preprocessing.ToJson());
        Assert.Equal(["0", "1"], again.ClassNames);
        var fresh = DataTable.Parse("b,a\nx,3\nz,\n,5\n");
        using var one = task.Preprocessing.Encode(fresh);
        using var two = again.Encode(fresh);
        Assert.Equal(Values(one), Values(two));
        // An unknown category leaves all inputs 0, a missing number the mean, a missing category the most frequent one.
        Assert.Equal([0f, 0, 0], Values(one)[3..6]);
        Assert.Equal([0f, 1], Values(one)[7..9]);
        Assert.Contains("'a'", Assert.Throws<DataFileException>(() => again.Encode(DataTable.Parse("b\nx\n"))).Message);
        var word = Assert.Throws<DataFileException>(() => again.Encode(DataTable.Parse("a,b\n1,x\nmany,y\n")));
        Assert.Equal(3, word.Line);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1")]
    [InlineData(
        """{"Features":[{"kind":"number","Column":"a","Mean":0,"Deviation":0}],"Target":{"kind":"class","Column":"t","Classes":[]}}"""
    )]
    [InlineData("""{"Features":[{"kind":"System.Diagnostics.Process"}],"Target":null}""")]
    public void Foreign_preprocessing_is_refused(string json) =>
        Assert.Throws<DataFileException>(() => Preprocessing.FromJson(json));

    [Fact]
    public void Deep_json_is_refused() =>
        Assert.Throws<DataFileException>(() => Preprocessing.FromJson(new string('[', 5000)));

    [Theory]
    [InlineData("a,t\n1,x\n2,x\n3,x\n4,x\n", "only one class")]
    [InlineData("a,t\n1,x\n2,y\n3,z\n4,w\n", "4 classes in 4 rows")]
    [InlineData("a,t\nfree,1.5\ntext,2.5\nonly,3.5\nhere,5.5\n", "no column is left")]
    [InlineData("a,t\n1,\n2,\n", "is empty")]
    [InlineData("a,u\n1,2\n", "no column 't'")]
    [InlineData("a,t\n7,1.5\n7,2.5\n7,3.5\n7,4.5\n7,5.5\n", "constant")]
    [InlineData("a,t\n1e300,1.5\n-1e300,2.5\n7,3.5\n7,4.5\n7,5.5\n", "too large")]
    [InlineData("a,t\n1,1.5\n2,2.5\n", "too few")]
    public void Says_why_a_table_is_no_task(string text, string reason)
    {
        var error = Assert.Throws<DataFileException>(() =>
            TabularTask.Prepare(DataTable.Parse(text), new() { Target = "t" })
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_no_numbers_to_predict()
    {
        var table = Table(40, i => $"{i},{(i % 2 == 0 ? "x" : "y")}", "a,t");
        var error = Assert.Throws<DataFileException>(() =>
            TabularTask.Prepare(table, new() { Target = "t", Task = TaskKind.Regression })
        );
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void Every_built_in_set_is_what_its_entry_says()
    {
        Assert.Equal(16, BuiltInData.All.Count);
        foreach (var set in BuiltInData.All)
        {
            var table = set.Open();
            Assert.Equal(set.Rows, table.Rows);
            Assert.All(set.Ignore, name => Assert.NotNull(table.Find(name)));
            Assert.True(set.Target is null || table.Find(set.Target) is not null, set.Name);
            Assert.NotEmpty(set.Source);
            Assert.Contains(set.Name + ".csv", BuiltInData.Licences(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_built_in_table_becomes_the_task_it_is_meant_for()
    {
        foreach (
            var set in BuiltInData.All.Where(set => set.Kind is DataSetKind.Regression or DataSetKind.Classification)
        )
        {
            var options = new TaskOptions { Target = set.Target!, Ignore = set.Ignore };
            using var task = TabularTask.Prepare(set.Open(), options);
            Assert.Equal(set.Kind == DataSetKind.Regression, task.Kind == TaskKind.Regression);
        }
    }
}
