using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class SelfSupervisedLossTests
{
    [Fact]
    public void A_stopped_gradient_is_stopped()
    {
        manual_seed(1);
        var (p, z) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4));

        Assert.Null(GradientOf(z, x => functional.byol_loss(p.clone().requires_grad_(), x)));
        Assert.Null(GradientOf(z, x => functional.simsiam_loss(x, p.clone().requires_grad_(), z, p)));
        Assert.NotNull(GradientOf(z, x => functional.negative_cosine_similarity(p, x)));
    }

    static Tensor? GradientOf(Tensor value, Func<Tensor, Tensor> loss)
    {
        var leaf = value.clone().requires_grad_();
        loss(leaf).backward();
        return leaf.grad;
    }

    [Fact]
    public void SimSiam_is_the_mean_of_both_directions_and_BYOL_twice_its_distance_from_1()
    {
        manual_seed(1);
        var (z0, p0, z1, p1) = (Numbers.Normal(3, 4), Numbers.Normal(3, 4), Numbers.Normal(3, 4), Numbers.Normal(3, 4));
        var forth = functional.negative_cosine_similarity(p0, z1).Value();
        var back = functional.negative_cosine_similarity(p1, z0).Value();

        Assert.Equal((forth + back) / 2, functional.simsiam_loss(z0, p0, z1, p1).Value(), 12);
        Assert.Equal(2 + 2 * forth, functional.byol_loss(p0, z1).Value(), 12);
    }

    [Fact]
    public void VICReg_averages_the_places_and_survives_a_single_sample()
    {
        manual_seed(2);
        var (a, b) = (Numbers.Normal(5, 2, 3), Numbers.Normal(5, 2, 3));
        var places = Enumerable.Range(0, 2).Select(i => functional.vicreg_loss(a.select(1, i), b.select(1, i)).Value());

        Assert.Equal(places.Average(), functional.vicreg_loss(a, b).Value(), 12);

        var gradient = Numbers.Gradient(a[..1], x => functional.vicreg_loss(x, b[..1]));
        Assert.All(gradient.Values(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void MAE_equals_a_loop_over_pixels()
    {
        manual_seed(3);
        var (imgs, pred) = (Numbers.Normal(1, 2, 4, 6), Numbers.Normal(1, 6, 8));
        var sum = 0.0;
        for (var row = 0; row < 4; row++)
        {
            for (var column = 0; column < 6; column++)
            {
                for (var channel = 0; channel < 2; channel++)
                {
                    var (patch, at) = (row / 2 * 3 + column / 2, (row % 2 * 2 + column % 2) * 2 + channel);
                    var gap = pred[0, patch, at].Value() - imgs[0, channel, row, column].Value();
                    sum += patch == 4 ? gap * gap : 0;
                }
            }
        }

        var mask = functional.one_hot(tensor(new long[] { 4 }), 6);

        Assert.Equal(sum / 8, functional.mae_loss(imgs, pred, mask, 2, norm_pix_loss: false).Value(), 12);
        Assert.Equal(0, functional.mae_loss(imgs, pred, zeros_like(mask), 2).Value());
    }

    [Fact]
    public void DINO_moves_its_centre_in_training_only_and_after_its_use()
    {
        manual_seed(4);
        using var loss = torch.nn.DINOLoss(5, center_momentum: 0.75);
        loss.to(ScalarType.Float64);
        var (teacher, student) = (Numbers.Normal(2, 3, 5), Numbers.Normal(4, 3, 5));
        Assert.Equal([1L, 1, 5], loss.center.shape);
        loss.eval();
        var still = loss.call(teacher, student).Value();
        Assert.All(loss.center.Values(), c => Assert.Equal(0, c));

        loss.train();
        var moving = loss.call(teacher, student).Value();

        Assert.Equal(still, moving);
        var expected = (teacher.mean([0, 1]) * 0.25).Values();
        Assert.All(loss.center.Values().Zip(expected), c => Assert.Equal(c.Second, c.First, 12));
        Assert.Contains("center", loss.state_dict().Keys);
    }

    [Fact]
    public void DINO_equals_a_loop_over_pairs_of_views()
    {
        manual_seed(5);
        var (teacher, student, center) = (Numbers.Normal(2, 1, 3), Numbers.Normal(4, 1, 3), Numbers.Normal(3));
        var q = ((teacher - center) / 0.04).softmax(2).squeeze(1).Rows();
        var log_p = (student / 0.1).log_softmax(2).squeeze(1).Rows();
        var pairs =
            from v in Enumerable.Range(0, 2)
            from w in Enumerable.Range(0, 4)
            where v != w
            select -q[v].Zip(log_p[w], (a, b) => a * b).Sum();

        Assert.Equal(pairs.Average(), functional.dino_loss(teacher, student, center).Value(), 12);
    }

    [Fact]
    public void One_view_has_no_other_and_costs_nothing()
    {
        Assert.Equal(0, functional.dino_loss(rand(1, 3, 4), rand(1, 3, 4), zeros(1, 1, 4)).Value());
        Assert.Equal(0, functional.swav_loss(rand(1, 3, 4)).Value());
    }

    [Fact]
    public void SwaV_codes_of_large_scores_are_finite_and_even()
    {
        manual_seed(6);
        var scores = randn(1, 6, 3) * 50;

        var codes = CrossViews.Codes(scores, 200, 0.05);

        Assert.All(codes.sum(2).Values(), s => Assert.Equal(1, s, 4));
        Assert.All(CrossViews.Codes(scores / 50, 200, 0.5).sum(1).Values(), s => Assert.Equal(2, s, 4));
    }

    [Fact]
    public void SwaV_swaps_the_codes_of_two_views()
    {
        manual_seed(6);
        var scores = Numbers.Normal(2, 4, 3);
        var codes = CrossViews.Codes(scores, 3, 0.05);
        var swapped = -(codes.flip(0) * (scores / 0.1).log_softmax(2)).sum(2).mean();

        Assert.Equal(swapped.Value(), functional.swav_loss(scores).Value(), 12);
    }
}
