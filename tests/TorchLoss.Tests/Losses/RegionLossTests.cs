namespace TorchLoss.Tests.Losses;

/// <summary>Dice and Tversky: a naive loop, the limits that join them, masks, soft labels, degenerate regions.</summary>
public class RegionLossTests
{
    static (Tensor Scores, Tensor Labels) Batch()
    {
        manual_seed(3);
        return (randn([2, 3, 4, 5], dtype: ScalarType.Float64), randint(0, 3, [2, 4, 5], dtype: ScalarType.Int64));
    }

    static (Tensor P, Tensor T) Regions(params long[] shape)
    {
        manual_seed(4);
        return (rand(shape, dtype: ScalarType.Float64), rand(shape, dtype: ScalarType.Float64).round());
    }

    [Fact]
    public void Dice_equals_a_loop_over_labels()
    {
        var (scores, labels) = Batch();
        var p = scores.softmax(1);
        var (expected, weight) = (0.0, new[] { 0.5, 2.0 });
        for (var n = 0; n < 2; n++)
        {
            for (var c = 1; c < 3; c++)
            {
                var (both, size) = (0.0, 0.0);
                for (var i = 0; i < 20; i++)
                {
                    var (value, own) = (
                        p[n, c, i / 5, i % 5].item<double>(),
                        labels[n, i / 5, i % 5].item<long>() == c
                    );
                    both += own ? value : 0;
                    size += value + (own ? 1 : 0);
                }

                expected += weight[c - 1] * (1 - (2 * both + 0.1) / (size + 0.2)) / 4;
            }
        }

        var loss = nn.functional.dice_loss(
            scores,
            labels,
            include_background: false,
            to_onehot_y: true,
            softmax: true,
            smooth_nr: 0.1,
            smooth_dr: 0.2,
            weight: tensor(weight)
        );

        Assert.Equal(expected, loss.item<double>(), 12);
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1, true)]
    public void Tversky_with_equal_prices_is_Dice_or_Jaccard(double price, bool jaccard)
    {
        var (p, t) = Regions(2, 3, 7);

        var tversky = nn.functional.tversky_loss(p, t, alpha: price, beta: price, smooth_nr: 0.5, smooth_dr: 0.5);
        var dice = nn.functional.dice_loss(p, t, jaccard: jaccard, smooth_nr: 1, smooth_dr: 1);

        Assert.Equal(dice.item<double>(), tversky.item<double>(), 12);
    }

    [Fact]
    public void Alpha_prices_what_is_marked_too_much_and_beta_what_is_missed()
    {
        var (few, many) = (
            tensor(
                new[,,]
                {
                    {
                        { 1.0, 0, 0 },
                    },
                }
            ),
            tensor(
                new[,,]
                {
                    {
                        { 1.0, 1, 0 },
                    },
                }
            )
        );
        double Loss(Tensor p, Tensor t) =>
            nn.functional.tversky_loss(p, t, alpha: 3, beta: 0, smooth_nr: 0, smooth_dr: 0).item<double>();

        Assert.Equal(0.75, Loss(many, few), 12);
        Assert.Equal(0, Loss(few, many), 12);
    }

    [Fact]
    public void Soft_labels_are_matched_best_by_themselves()
    {
        var t = full([1, 1, 9], 0.4, dtype: ScalarType.Float64);
        double Loss(double p, bool soft_label) =>
            nn.functional.dice_loss(full_like(t, p), t, soft_label: soft_label).item<double>();

        Assert.Equal(0, Loss(0.4, soft_label: true), 12);
        Assert.True(Loss(0.5, soft_label: true) > 0.01);
        Assert.True(Loss(0.5, soft_label: false) < Loss(0.4, soft_label: false));
    }

    [Theory]
    [InlineData("DiceLoss")]
    [InlineData("TverskyLoss")]
    public void A_mask_is_a_slice_and_its_weights_count_positions(string name)
    {
        var (p, t) = Regions(2, 3, 6);
        double Loss(Tensor input, Tensor target, Tensor? mask)
        {
            var tensors = new TensorArguments { ["input"] = input, ["target"] = target };
            if (mask is not null)
            {
                tensors["mask"] = mask;
            }

            return LossCatalog.Find(name)!.Invoke(tensors, []).item<double>();
        }

        var half = tensor([1.0, 1, 1, 1, 0, 0]);
        var twice = tensor([2.0, 1, 1, 1, 1, 1]);
        Tensor Again(Tensor x) => cat([x.narrow(2, 0, 1), x], 2);

        Assert.Equal(Loss(p.narrow(2, 0, 4), t.narrow(2, 0, 4), null), Loss(p, t, half.to(ScalarType.Bool)), 12);
        Assert.Equal(Loss(Again(p), Again(t), null), Loss(p, t, twice), 12);
    }

    [Fact]
    public void Nothing_predicted_of_nothing_costs_nothing_also_without_smoothing()
    {
        var p = zeros(1, 2, 4).requires_grad_();

        var loss = nn.functional.dice_loss(p, zeros(1, 2, 4), smooth_nr: 0, smooth_dr: 0);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, p.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Unreduced_shapes_are_those_of_each_dialect()
    {
        var (p, t) = Regions(2, 3, 4, 5);

        Assert.Equal([2, 3, 1, 1], nn.functional.dice_loss(p, t, reduction: Reduction.None).shape);
        Assert.Equal([3, 1, 1], nn.functional.dice_loss(p, t, batch: true, reduction: Reduction.None).shape);
        Assert.Equal([2, 3], nn.functional.tversky_loss(p, t, reduction: Reduction.None).shape);
        Assert.Equal([3], nn.functional.tversky_loss(p, t, batch: true, reduction: Reduction.None).shape);
    }

    [Fact]
    public void Batch_pools_regions_before_comparing_them()
    {
        var (p, t) = Regions(4, 2, 5);
        Tensor Pooled(Tensor x) => x.transpose(0, 1).reshape(1, 2, 20);

        Assert.Equal(
            nn.functional.dice_loss(Pooled(p), Pooled(t)).item<double>(),
            nn.functional.dice_loss(p, t, batch: true).item<double>(),
            12
        );
    }

    [Theory]
    [InlineData("softmax", "set sigmoid")]
    [InlineData("to_onehot_y", "needs no to_onehot_y")]
    [InlineData("include_background", "leaves nothing")]
    public void One_channel_refuses_what_makes_no_sense_for_it(string option, string why)
    {
        var inputs = new TensorArguments { ["input"] = rand(2, 1, 4), ["target"] = ones(2, 1, 4) };
        var options = new OptionValues { [option] = option != "include_background" };

        var e = Assert.Throws<ArgumentException>(() => DiceLoss.Card.Invoke(inputs, options));

        Assert.Contains(why, e.Message);
    }

    [Fact]
    public void Wrong_labels_shapes_and_weights_are_named()
    {
        var (scores, labels) = Batch();
        string Refusal(Tensor target, Tensor? weight = null) =>
            Assert
                .Throws<ArgumentException>(() =>
                    nn.functional.dice_loss(scores, target, to_onehot_y: true, weight: weight)
                )
                .Message;

        Assert.Contains("DiceLoss: target must lie in [0, 3), got 3", Refusal(labels + 1));
        Assert.Contains("labels (N, 1, *) or (N, *), got (2, 3, 4, 5) and (2, 5, 4)", Refusal(labels.transpose(1, 2)));
        Assert.Contains("target must hold int64 indices", Refusal(labels.to(ScalarType.Float32)));
        Assert.Contains("one entry per class that counts, (3), got (2)", Refusal(labels, ones(2)));
    }

    [Fact]
    public void Labels_may_have_a_channel_dimension_or_none()
    {
        var (scores, labels) = Batch();
        double Loss(Tensor target) =>
            nn.functional.dice_loss(scores, target, to_onehot_y: true, softmax: true).item<double>();

        Assert.Equal(Loss(labels), Loss(labels.unsqueeze(1)));
    }
}
