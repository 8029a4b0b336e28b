using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class EntmaxLossTests
{
    static readonly Tensor Target = tensor(new long[] { 1, 3, 0, 0, 5 });

    [Fact]
    public void Sparsemax_is_the_nearest_point_of_the_simplex()
    {
        manual_seed(1);
        var logits = Numbers.Normal(5, 6);

        var p = SparsemaxLoss.Probabilities(logits);

        Assert.All(p.Rows(), row => Assert.Equal(1, row.Sum(), 12));
        Assert.Contains(p.Values(), v => v == 0);

        // all that have a share are shifted alike, all others lie below the shift
        foreach (var (x, q) in logits.Rows().Zip(p.Rows()))
        {
            var shift = x.Zip(q).Where(v => v.Second > 0).Select(v => v.First - v.Second).ToList();
            Assert.All(shift, s => Assert.Equal(shift[0], s, 12));
            Assert.All(x.Zip(q).Where(v => v.Second == 0), v => Assert.True(v.First <= shift[0] + 1e-12));
        }
    }

    [Fact]
    public void The_gradient_is_what_the_prediction_has_too_much()
    {
        manual_seed(2);
        var logits = Numbers.Normal(5, 6);
        var wanted = functional.one_hot(Target, 6).to(ScalarType.Float64);
        void Check(Func<Tensor, Tensor> loss, Tensor p) =>
            Assert.All(
                Numbers.Gradient(logits, loss).Values().Zip((p - wanted).Values()),
                v => Assert.Equal(v.Second, v.First, 12)
            );

        Check(x => functional.sparsemax_loss(x, Target, reduction: Reduction.Sum), SparsemaxLoss.Probabilities(logits));
        Check(x => functional.entmax15_loss(x, Target, reduction: Reduction.Sum), Entmax15Loss.Probabilities(logits));
    }

    [Fact]
    public void Sorting_a_few_gives_the_same_also_where_more_have_a_share()
    {
        manual_seed(3);
        var flat = Numbers.Normal(5, 6) * 0.01;

        Assert.Equal(
            functional.entmax15_loss(flat, Target).Value(),
            functional.entmax15_loss(flat, Target, k: 2).Value(),
            12
        );
        Assert.Equal(
            functional.sparsemax_loss(flat, Target).Value(),
            functional.sparsemax_loss(flat, Target, k: 1).Value(),
            12
        );
    }

    [Fact]
    public void Images_are_predicted_place_by_place()
    {
        manual_seed(4);
        var logits = Numbers.Normal(2, 3, 4);

        var p = Entmax15Loss.Probabilities(logits);

        Assert.Equal(logits.shape, p.shape);
        Assert.All(p.sum(1).Values(), s => Assert.Equal(1, s, 12));
        Assert.Equal(Entmax15Loss.Probabilities(logits.select(2, 1)).Values(), p.select(2, 1).Values());
    }
}
