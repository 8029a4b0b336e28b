namespace TorchLoss.Training.Tests;

public sealed class SampleWeightTests
{
    static (double[] Weights, double Train, double Validation) Trained(TensorSet data, int batch, int accumulate)
    {
        using var model = Models.Linear(6, 1, 1).to(float64);
        using var loss = new LogCoshLoss();
        var options = new TrainerOptions
        {
            Epochs = 3,
            BatchSize = batch,
            Accumulate = accumulate,
            Shuffle = false,
        };
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.1), options);
        var last = trainer.Fit(data, data).History[^1];
        double[] weights = [.. model.parameters().SelectMany(parameter => parameter.data<double>().ToArray())];
        return (weights, last.TrainLoss, last.ValidationLoss!.Value);
    }

    static (Tensor Inputs, Tensor Targets) Data()
    {
        using var generator = random.manual_seed(8);
        return (randn(12, 6, dtype: float64), randn(12, 1, dtype: float64));
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(5, 3)]
    public void Weight_2_is_the_sample_twice_and_weight_0_none(int batch, int accumulate)
    {
        var (inputs, targets) = Data();
        var twice = tensor(new long[] { 1, 2, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11 });
        using var repeated = new TensorSet(inputs.index_select(0, twice), targets.index_select(0, twice));
        var weights = tensor(new double[] { 0, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1, 1 }, 12, 1);
        using var weighted = new TensorSet(inputs, targets, weights);
        var expected = Trained(repeated, 13, 1);
        var actual = Trained(weighted, batch, accumulate);
        Assert.All(expected.Weights.Zip(actual.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(expected.Train, actual.Train, 1e-12);
        Assert.Equal(expected.Validation, actual.Validation, 1e-12);
    }

    [Fact]
    public void Weights_follow_their_samples_when_shuffled()
    {
        using var data = new TensorSet(arange(50).to(float32), arange(50), arange(50).to(float32) * 2);
        using var batches = new Batcher(data, 8, seed: 3);
        using var scope = NewDisposeScope();
        var (inputs, _, weights) = batches.Batch(1, 6);
        Assert.Equal(inputs.data<float>().Select(value => 2 * value), weights!.data<float>());
        Assert.Equal(weights.sum().ToDouble(), batches.WeightOf(1, 6));
        Assert.Equal(2, inputs.shape[0]);
    }

    [Fact]
    public void A_loss_without_sample_weight_and_weights_out_of_range_are_refused()
    {
        using var run = new TestRun();
        using var weighted = new TensorSet(run.Train.Inputs.alias(), run.Train.Targets.alias(), ones(70));
        var error = Assert.Throws<TrainingException>(() => run.Trainer.Fit(weighted));
        Assert.Contains("CrossEntropyLoss takes no sample_weight", error.Message);
        Assert.Throws<ArgumentException>(() => new TensorSet(ones(2, 1), ones(2), tensor(new[] { 1f, -1 })));
        Assert.Throws<ArgumentException>(() => new TensorSet(ones(2, 1), ones(2), tensor(new[] { 1f, float.NaN })));
        Assert.Throws<ArgumentException>(() => new TensorSet(ones(2, 1), ones(2), ones(3)));
    }

    [Fact]
    public void Balanced_weights_give_every_class_the_same_say()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 0, 0, 0, 2, 2, 3 });
        var weights = ClassWeights.Balanced(labels, 4);
        Assert.Equal([2 / 3f, 1, 1, 2], weights.data<float>());
        var each = ClassWeights.OfSamples(labels, weights);
        Assert.Equal(6, each.sum().ToDouble(), 1e-6);
        Assert.Equal(2, each[5].ToDouble());
        Assert.Throws<ArgumentException>(() => ClassWeights.Balanced(labels, 3));
        Assert.Throws<ArgumentException>(() => ClassWeights.Balanced(labels.to(float32), 4));
    }
}
