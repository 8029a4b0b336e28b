namespace TorchLoss.Tests.Compose;

/// <summary>Options that change while training.</summary>
public sealed class ScheduledLossTests
{
    static readonly ClassCounts Counts = [500, 50, 5];

    static ScheduledLoss Focusing() =>
        new ScheduledLoss(new FocalLoss(alpha: 0.3)).Bind("gamma", new LossWeightSchedule(total_steps: 4, end: 2));

    [Fact]
    public void Each_step_is_the_loss_with_the_options_of_that_step()
    {
        var (input, target) = (randn(9), rand(9).gt(0.5).to(float32));
        using var loss = Focusing();
        foreach (var gamma in (double[])[0, 0.5, 1, 1.5, 2, 2])
        {
            using var fixedLoss = new FocalLoss(alpha: 0.3, gamma: gamma);
            Assert.Equal(fixedLoss.call(input, target).item<float>(), loss.call(input, target).item<float>());
            loss.step();
        }
    }

    [Fact]
    public void The_step_is_saved_and_restored()
    {
        using var first = Focusing();
        first.step();
        first.step();
        using var second = Focusing();
        second.load_state_dict(first.state_dict());

        Assert.Equal(2, second.steps_done.item<long>());
        Assert.Equal(1.0, second.Current()["gamma"]);
    }

    [Fact]
    public void A_learned_tensor_is_the_loss_s_own_and_learns()
    {
        using var inner = new ArcFaceLoss(num_classes: 3, embedding_size: 4);
        using var loss = new ScheduledLoss(inner).Bind("scale", step => 10 + step);
        loss.step();
        using var plain = new ArcFaceLoss(num_classes: 3, embedding_size: 4, scale: 11);
        plain.load_state_dict(inner.state_dict());
        var (embeddings, labels) = (randn(6, 4), arange(6, dtype: int64).remainder(3));

        var value = loss.call(embeddings, labels);
        value.backward();
        Assert.Equal(plain.call(embeddings, labels).item<float>(), value.item<float>());
        Assert.NotNull(inner.parameters().Single().grad);
    }

    [Fact]
    public void Deferred_reweighting_starts_at_its_epoch()
    {
        using var loss = new ScheduledLoss(new LDAMLoss(Counts)).Bind("weight", new DRWScheduler(Counts, 1).At);
        var (input, target) = (randn(12, 3), arange(12, dtype: int64).remainder(3));
        using var plain = new LDAMLoss(Counts);
        Assert.Equal(plain.call(input, target).item<float>(), loss.call(input, target).item<float>());

        loss.step();
        var weights = Counts.Select(n => (1 - 0.9999) / (1 - Math.Pow(0.9999, n))).ToArray();
        var weight = tensor(weights.Select(w => (float)(w * 3 / weights.Sum())).ToArray());
        using var weighted = new LDAMLoss(Counts, weight: weight);
        Assert.Equal(weighted.call(input, target).item<float>(), loss.call(input, target).item<float>(), 1e-5f);
        Assert.NotEqual(plain.call(input, target).item<float>(), loss.call(input, target).item<float>());
    }

    [Fact]
    public void A_call_leaves_one_tensor_behind()
    {
        using var loss = Focusing();
        using var scope = NewDisposeScope();
        loss.call(ones(3), ones(3));
        Assert.Equal(3, scope.DisposablesCount);
    }

    [Fact]
    public void What_cannot_be_bound_is_refused_by_name()
    {
        using var loss = new ScheduledLoss(new FocalLoss());
        Refused("keeps state", () => new ScheduledLoss(new Generator.CentredLoss(embedding_size: 3)));
        Refused("no option delta", () => loss.Bind("delta", _ => 1.0));
        Refused("reduction is no number", () => loss.Bind("reduction", _ => 1.0));
        Refused("gamma must be >= 0", () => loss.Bind("gamma", _ => -1.0));
        Refused("alpha is no tensor", () => loss.Bind("alpha", _ => (Tensor?)null));
        using var late = new ScheduledLoss(new FocalLoss()).Bind("gamma", step => 1.0 - step);
        late.step();
        late.step();
        Refused("gamma must be >= 0", () => late.call(ones(1), ones(1)));

        static void Refused(string message, Func<object> act) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
    }
}
