namespace TorchLoss.Training.Tests;

/// <summary>What the small models promise.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Cosines_do_not_depend_on_the_length_of_the_features()
    {
        using var scope = NewDisposeScope();
        var head = new CosineHead(4, 3, seed: 1);
        var features = tensor([1f, -2, 3, 0.5f, 4, 1, 0, 2], [2, 4]);
        var scores = head.call(features);
        Assert.Equal([2, 3], scores.shape);
        Assert.True(scores.abs().le(1).all().ToBoolean());
        Assert.True(scores.allclose(head.call(features * 7), rtol: 0, atol: 1e-6));
        Assert.Single(head.parameters());
    }

    [Fact]
    public void Thresholds_share_their_weights_and_keep_their_order()
    {
        using var scope = NewDisposeScope();
        var head = new CoralHead(4, 5, seed: 1);
        var logits = head.call(tensor([1f, -2, 3, 0.5f, 4, 1, 0, 2], [2, 4]));
        Assert.Equal([2, 4], logits.shape);
        var gaps = logits.narrow(1, 0, 3) - logits.narrow(1, 1, 3);
        Assert.True(gaps.gt(0).all().ToBoolean());
        Assert.True(gaps[0].allclose(gaps[1], rtol: 0, atol: 1e-6));
        Assert.Equal(4 + 1 + 4, head.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Convolutional_nets_have_their_shapes_and_repeat_their_weights()
    {
        using var scope = NewDisposeScope();
        var rows = ones(3, 64);
        var classifier = ImageModels.Classifier(8, 10, seed: 4);
        classifier.eval();
        using var again = ImageModels.Classifier(8, 10, seed: 4);
        again.eval();
        Assert.Equal([3, 10], classifier.call(rows).shape);
        Assert.True(classifier.call(rows).eq(again.call(rows)).all().ToBoolean());
        Assert.Equal([2, 1, 9, 7], ImageModels.Segmenter(seed: 4).call(ones(2, 1, 9, 7)).shape);
        Assert.Throws<ArgumentException>(() => ImageModels.Classifier(7, 10));
    }

    [Fact]
    public void R_precision_counts_the_nearest_as_many_as_the_class_has()
    {
        using var scope = NewDisposeScope();
        // Angles 0, 10, 20, 90 and 100 degrees of classes a, b, a, b, b.
        var angles = tensor([0.0, 10, 20, 90, 100]) * (Math.PI / 180);
        var places = stack([angles.cos(), angles.sin()], 1);
        var report = new RPrecisionMetric().Measure(places, tensor([0L, 1, 0, 1, 1]));
        // a: nearest is b, 0 of 1. b at 10: both a's, 0 of 2. a: nearest is b, 0. The b's at 90 and 100: each other, then a: 1 of 2.
        Assert.Equal((0 + 0 + 0 + 0.5 + 0.5) / 5, report.Values["r_precision"], 1e-12);
    }

    [Fact]
    public void A_class_of_one_does_not_count_for_r_precision()
    {
        using var scope = NewDisposeScope();
        var places = tensor([1f, 0, 0.9f, 0.1f, 0, 1], [3, 2]);
        Assert.Equal(1, new RPrecisionMetric().Measure(places, tensor([0L, 0, 1])).Values["r_precision"]);
    }
}
