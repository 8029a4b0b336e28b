namespace TorchLoss.Training.Tests;

/// <summary>What the defaults reach on the part held back, on real data.</summary>
public sealed class DefaultsTests
{
    [Theory]
    [InlineData("digits", "accuracy", 0.96, 0)]
    [InlineData("digits", "accuracy", 0.96, 1)]
    [InlineData("penguins", "accuracy", 0.96, 0)]
    [InlineData("penguins", "accuracy", 0.96, 1)]
    [InlineData("breast_cancer", "accuracy", 0.95, 0)]
    [InlineData("breast_cancer", "accuracy", 0.95, 1)]
    [InlineData("wine", "accuracy", 0.96, 0)]
    [InlineData("diabetes", "r2", 0.40, 0)]
    [InlineData("diabetes", "r2", 0.40, 1)]
    [InlineData("diabetes", "r2", 0.40, 2)]
    public void Are_good_enough(string name, string metric, double least, long seed)
    {
        var source = DataSource.Open(name);
        using var task = TabularTask.Prepare(source.Table, new() { Target = source.DefaultTarget, Seed = seed });
        var defaults = TrainingDefaults.For(task);
        using var model = defaults.Model(task, seed);
        LossFunction loss = task.Kind == TaskKind.Classification ? nn.CrossEntropyLoss() : nn.MSELoss();
        using var stopping = new EarlyStopping(defaults.Patience);
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory(defaults.Optimizer, defaults.LearningRate, defaults.WeightDecay),
            defaults.Options(task, seed),
            stopping
        );
        trainer.Fit(task.Train, task.Validation);
        Assert.True(trainer.Evaluate(task.Validation).Metrics[metric] >= least);
    }
}
