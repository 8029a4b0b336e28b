namespace TorchLoss.Training.Tests;

public sealed class LossTermsTests
{
    sealed class Broken(Func<bool> now) : nn.Module<Tensor, Tensor, Tensor>("broken")
    {
        public override Tensor forward(Tensor x, Tensor y) => now() ? x.mean() * double.NaN : x.mean() * 0;
    }

    static CombinedLoss Combined(nn.Module<Tensor, Tensor, Tensor> second) =>
        new(new LossList { { "entropy", nn.CrossEntropyLoss() }, { "second", second } }, [0.5, 2]);

    static Trainer Train(TestRun run, LossFunction loss, long? maxSteps = null, params ITrainingCallback[] callbacks) =>
        new(run.Model, loss, Optimizers.Factory("adamw", 0.01), TestRun.Options(maxSteps), callbacks);

    [Fact]
    public void Terms_stand_in_history_progress_and_csv_and_add_up()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        using var loss = Combined(nn.MultiMarginLoss());
        BatchReport? last = null;
        var file = folder.File("metrics.csv");
        using var trainer = Train(run, loss, null, new ProgressCallback(report => last = report), new CsvLog(file));
        var record = trainer.Fit(run.Train, run.Train).History[^1];
        Assert.Equal(["entropy", "second"], record.Terms.Keys);
        Assert.Equal(record.TrainLoss, record.Terms.Values.Sum(), 1e-6);
        Assert.Equal(record.Terms, last!.Terms);
        Assert.NotEqual(record.Terms["entropy"], record.Terms["second"]);
        var lines = File.ReadAllLines(file);
        Assert.Contains("train_loss,train_loss.entropy,train_loss.second,validation_loss", lines[0]);
        Assert.Equal(record.Value("train_loss.second"), double.Parse(lines[^1].Split(',')[5]));
        Assert.Null(record.Value("train_loss.third"));
    }

    [Fact]
    public void A_sum_trains_to_the_same_bits_as_the_module_alone_and_resumes_within_an_epoch()
    {
        using var folder = new TemporaryFolder();
        using var one = new TestRun();
        using var two = new TestRun();
        using var three = new TestRun();
        using var loss = Combined(nn.MultiMarginLoss());
        using var seen = Train(one, loss);
        using var unseen = Train(two, new LossFunction("sum", loss.call));
        var history = seen.Fit(one.Train).History;
        unseen.Fit(two.Train);
        Assert.Equal(one.Bits(), two.Bits());
        using (var first = new TestRun())
        using (var part = Train(first, loss, 8))
        {
            part.Fit(first.Train);
            Checkpoint.Save(folder.File("last"), part);
        }
        using var rest = Train(three, loss);
        Checkpoint.Load(folder.File("last"), rest);
        var resumed = rest.Fit(three.Train).History;
        Assert.Equal(
            history.Select(record => record.Terms["second"]),
            resumed.Select(record => record.Terms["second"])
        );
        Assert.Equal(history.Select(record => record.TrainLoss), resumed.Select(record => record.TrainLoss));
    }

    [Fact]
    public void A_term_that_is_not_finite_is_named_with_its_place()
    {
        using var run = new TestRun();
        var calls = 0;
        using var loss = Combined(new Broken(() => ++calls == 7));
        using var trainer = Train(run, loss);
        var error = Assert.Throws<TrainingException>(() => trainer.Fit(run.Train));
        Assert.Equal("the loss CombinedLoss is NaN in epoch 2, batch 2; its term second is NaN", error.Message);
    }
}
