using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Hinge losses: naive loops, NaN, second derivatives, single samples, ties.</summary>
public class MarginTests
{
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 0.4)]
    public void Multi_margin_equals_a_loop(long p, double margin)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var x = randn([6, 4], ScalarType.Float64);
        long[] y = [0, 3, 1, 1, 2, 0];
        double[] w = [1, 0.5, 2, 3];
        var numbers = Near.Numbers(x);
        var expected = y.Select(
                (own, n) =>
                    w[own]
                    / 4
                    * Enumerable
                        .Range(0, 4)
                        .Where(i => i != own)
                        .Sum(i => Math.Pow(Math.Max(0, margin - numbers[4 * n + own] + numbers[4 * n + i]), p))
            )
            .ToArray();
        Near.Equal(expected, Functional.multi_margin_loss(x, tensor(y), p, margin, tensor(w), Reduction.None));
        Near.Equal(expected.Average(), Functional.multi_margin_loss(x, tensor(y), p, margin, tensor(w)));
    }

    [Fact]
    public void Multi_label_margin_equals_a_loop()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var x = randn([4, 4], ScalarType.Float64);
        long[][] labels =
        [
            [2, -1, 0, 1],
            [0, 3, 1, -1],
            [1, 1, -1, 2],
            [-1, 2, 0, 0],
        ];
        var numbers = Near.Numbers(x);
        var expected = labels
            .Select(
                (row, n) =>
                {
                    var listed = row.TakeWhile(l => l >= 0).ToArray();
                    return (
                            from j in listed
                            from i in Enumerable.Range(0, 4).Where(i => !listed.Contains(i))
                            select Math.Max(0, 1 - numbers[4 * n + j] + numbers[4 * n + i])
                        ).Sum() / 4;
                }
            )
            .ToArray();
        var target = tensor(labels.SelectMany(r => r).ToArray()).view(4, 4);
        Near.Equal(expected, Functional.multilabel_margin_loss(x, target, Reduction.None));
    }

    [Fact]
    public void A_NaN_score_is_not_swallowed()
    {
        using var scope = NewDisposeScope();
        var x = tensor(
            new[,]
            {
                { 0.1, double.NaN, 0.4 },
            }
        );
        Near.Equal(double.NaN, Functional.multi_margin_loss(x, tensor(new[] { 2L })));
        Near.Equal(
            double.NaN,
            Functional.multilabel_margin_loss(
                x,
                tensor(
                    new[,]
                    {
                        { 2L, -1L, -1L },
                    }
                )
            )
        );
    }

    [Fact]
    public void No_pull_at_a_shortfall_of_exactly_0()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 0 });
        Near.Equal([0, 0], Near.Gradient(v => Functional.multi_margin_loss(v, tensor(0L)), x));
        Near.Equal([0, 0], Near.Gradient(v => Functional.multilabel_margin_loss(v, tensor(new[] { 0L, -1L })), x));
    }

    [Fact]
    public void Single_samples_give_single_numbers()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0.3, -0.2, 0.9 });
        Assert.Equal(0, Functional.multi_margin_loss(x, tensor(1L), reduction: Reduction.None).dim());
        Assert.Equal(0, Functional.multilabel_margin_loss(x, tensor(new[] { 1L, 2, -1 }), Reduction.None).dim());
    }

    [Fact]
    public void Labels_out_of_range_are_refused()
    {
        using var scope = NewDisposeScope();
        Near.Refused(() => Functional.multi_margin_loss(ones(1, 3), tensor(new[] { 3L })), "target", "[0, 3)");
        Near.Refused(
            () =>
                Functional.multilabel_margin_loss(
                    ones(1, 3),
                    tensor(
                        new[,]
                        {
                            { 0L, 3L, -1L },
                        }
                    )
                ),
            "target",
            "[0, 3)",
            "got 3"
        );
        Near.Refused(
            () =>
                Functional.multilabel_margin_loss(
                    ones(1, 3),
                    tensor(
                        new[,]
                        {
                            { 0L, -2L, -1L },
                        }
                    )
                ),
            "got -2"
        );
    }

    [Fact]
    public void Ranking_broadcasts_but_wants_equal_numbers_of_dimensions()
    {
        using var scope = NewDisposeScope();
        var losses = Functional.margin_ranking_loss(
            tensor(
                new[,]
                {
                    { 1.0, 2 },
                    { 3, 4 },
                }
            ),
            zeros(1, 2, ScalarType.Float64),
            tensor(
                new[,]
                {
                    { 1.0 },
                    { -1 },
                }
            ),
            0.5,
            Reduction.None
        );
        Near.Equal([0, 0, 3.5, 4.5], losses);
        Near.Refused(
            () => Functional.margin_ranking_loss(ones(2, 2), ones(2, 2), ones(2)),
            "dimensions",
            "(2, 2)",
            "(2)"
        );
        Near.Refused(() => Functional.margin_ranking_loss(ones(2, 2), ones(2, 3), ones(2, 2)), "(2, 2)", "(2, 3)");
    }

    [Fact]
    public void Hinge_embedding_adds_both_sides_for_other_labels()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var x = full([3], 0.25, dtype: dtype);
            Near.Equal(
                [0.25, 0.75, 1.0],
                Functional.hinge_embedding_loss(x, tensor(new[] { 1.0, -1, 0 }).to(dtype), reduction: Reduction.None)
            );
        }
    }

    [Fact]
    public void Cosine_survives_long_and_zero_vectors_in_float32()
    {
        using var scope = NewDisposeScope();
        var a = tensor(
            new[,]
            {
                { 1e15f, 0f },
                { 0f, 0f },
            }
        );
        var b = tensor(
            new[,]
            {
                { 1e15f, 0f },
                { 1f, 1f },
            }
        );
        Near.Equal([0, 1], Functional.cosine_embedding_loss(a, b, ones(2), reduction: Reduction.None), 1e-3);
        var gradient = Near.Gradient(x => Functional.cosine_embedding_loss(x, b, ones(2)), a);
        Assert.All(Near.Numbers(gradient), g => Assert.True(double.IsFinite(g)));
    }
}
