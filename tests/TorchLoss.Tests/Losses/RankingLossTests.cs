using TorchLoss.Tests.Catalogue;
using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Losses of lists of documents: RankNet, ListNet, approximate NDCG.</summary>
public class RankingLossTests
{
    public static TheoryData<string> All =>
        [
            .. LossCatalog
                .All.Where(l => l.Type.IsAssignableTo(typeof(ListLoss)))
                .Where(l => l.Inputs[0].Shape == "B L" && !l.Inputs.Any(i => i.Role is Role.Noise))
                .Select(l => l.Name),
        ];

    static Tensor Loss(string name, Tensor scores, Tensor relevance, Reduction reduction = Reduction.Mean)
    {
        var loss = LossCatalog.Find(name)!;
        var options = new OptionValues(Samples.Options(loss)) { ["reduction"] = reduction };
        return loss.Invoke(new() { ["y_pred"] = scores, ["y_true"] = relevance }, options);
    }

    [Theory, MemberData(nameof(All))]
    public void Padding_is_as_if_not_there_whatever_its_score(string name)
    {
        manual_seed(10);
        var scores = Numbers.Normal(2, 5);
        var relevance = tensor(
            new double[,]
            {
                { 2, 0, 1, -1, -1 },
                { 0, 3, 1, -1, -1 },
            }
        );
        var strange = scores.clone();
        strange[.., 3] = double.NaN;
        strange[.., 4] = 1e300;

        var gradient = Numbers.Gradient(strange, s => Loss(name, s, relevance));
        var sliced = Numbers.Gradient(scores[.., ..3], s => Loss(name, s, relevance[.., ..3]));

        Assert.Equal(
            Loss(name, scores[.., ..3], relevance[.., ..3]).Value(),
            Loss(name, strange, relevance).Value(),
            12
        );
        Assert.True(allclose(sliced, gradient[.., ..3], rtol: 1e-12, atol: 1e-14));
        Assert.Equal(0, gradient[.., 3..].abs().sum().Value());
    }

    [Theory, MemberData(nameof(All))]
    public void Lists_without_a_document_give_zero_in_the_graph(string name)
    {
        var gradient = Numbers.Gradient(ones(2, 3), s => Loss(name, s, full(2, 3, -1.0f)));

        Assert.Equal(0, Loss(name, ones(2, 3), full(2, 3, -1.0f)).Value());
        Assert.Equal(0, gradient.abs().sum().Value());
    }

    [Theory, MemberData(nameof(All))]
    public void No_list_gives_zero(string name)
    {
        Assert.Equal(0, Loss(name, zeros(0, 3), zeros(0, 3)).Value());
        Assert.Equal(0, Loss(name, zeros(3, 0), zeros(3, 0)).Value());
    }

    [Theory, MemberData(nameof(All))]
    public void Whole_numbers_are_relevances_too(string name)
    {
        var scores = Numbers.Normal(1, 3);
        var grades = tensor(
            new long[,]
            {
                { 2, 0, -1 },
            }
        );

        Assert.Equal(Loss(name, scores, grades.to(ScalarType.Float64)).Value(), Loss(name, scores, grades).Value(), 14);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void RankNet_equals_a_loop_over_pairs(bool by_diff, bool by_squares)
    {
        manual_seed(11);
        var scores = Numbers.Normal(3, 4);
        var relevance = randint(0, 4, [3, 4]).to(ScalarType.Float64);
        var (sum, pairs) = (0.0, 0);
        foreach (var (s, y) in scores.Rows().Zip(relevance.Rows()))
        {
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 4; j++)
                {
                    if (y[i] > y[j])
                    {
                        var weight =
                            by_diff ? y[i] - y[j]
                            : by_squares ? y[i] * y[i] - y[j] * y[j]
                            : 1;
                        sum += weight * Numbers.Softplus(s[j] - s[i]);
                        pairs++;
                    }
                }
            }
        }

        var loss = functional.rank_net_loss(scores, relevance, by_diff, by_squares);

        Assert.Equal(sum / pairs, loss.Value(), 12);
    }

    [Fact]
    public void RankNet_of_equal_relevances_has_no_pair_and_gives_zero() =>
        Assert.Equal(0, functional.rank_net_loss(randn(2, 3), ones(2, 3)).Value());

    [Fact]
    public void ListNet_without_eps_keeps_the_pull_of_a_hopeless_document()
    {
        var scores = tensor(
            new[,]
            {
                { 0.0, 200.0 },
            }
        );
        var relevance = tensor(
            new[,]
            {
                { 50.0, 0.0 },
            }
        );

        var exact = Numbers.Gradient(scores, s => functional.list_net_loss(s, relevance, eps: 0));

        Assert.Equal(200, functional.list_net_loss(scores, relevance, eps: 0).Value(), 9);
        Assert.Equal(-Math.Log(1e-10), functional.list_net_loss(scores, relevance).Value(), 9);
        Assert.Equal([-1.0, 1.0], exact.Values().Select(g => Math.Round(g, 9)));
    }

    [Fact]
    public void Sharp_approximate_NDCG_is_NDCG()
    {
        var scores = tensor(
            new[,]
            {
                { 0.1, 0.9, 0.5, 0.3 },
            }
        );
        double[] gains = [3, 7, 0, 1];
        double Dcg(IEnumerable<double> ranked) => ranked.Select((g, i) => g / Math.Log2(i + 2)).Sum();
        var ndcg = Dcg([7, 0, 1, 3]) / Dcg(gains.OrderDescending());

        var loss = functional.approx_ndcg_loss(
            scores,
            tensor(
                new[,]
                {
                    { 2.0, 3.0, 0.0, 1.0 },
                }
            ),
            alpha: 1e4
        );

        Assert.Equal(-ndcg, loss.Value(), 9);
    }

    [Fact]
    public void Perfect_order_has_the_least_approximate_NDCG()
    {
        var relevance = tensor(
            new[,]
            {
                { 3.0, 2.0, 1.0, 0.0 },
            }
        );

        Assert.Equal(-1, functional.approx_ndcg_loss(relevance, relevance, alpha: 100).Value(), 9);
        Assert.True(functional.approx_ndcg_loss(-relevance, relevance, alpha: 100).Value() > -0.7);
    }

    [Fact]
    public void LambdaLoss_without_eps_keeps_the_pull_of_a_hopeless_pair()
    {
        var scores = tensor(
            new[,]
            {
                { 0.0, 100.0 },
            }
        );
        var relevance = tensor(
            new[,]
            {
                { 1.0, 0.0 },
            }
        );
        Tensor Gradient(double eps) =>
            Numbers.Gradient(
                scores,
                s => functional.lambda_loss(s, relevance, eps: eps, reduction_log: LogBase.Natural)
            );

        Assert.Equal(-1, Gradient(0)[0, 0].Value(), 9);
        Assert.Equal(0, Gradient(1e-10)[0, 0].Value());
    }

    [Fact]
    public void LambdaRank_weighs_a_pair_by_the_change_of_NDCG()
    {
        double[] ranked = [0, 3, 1]; // relevance in order of the scores
        double Ndcg(double[] y) => y.Select((g, i) => (Math.Pow(2, g) - 1) / Math.Log2(i + 2)).Sum();
        double[] scores = [0.9, 0.5, 0.1];
        var expected = 0.0;
        foreach (var (i, j) in new[] { (1, 0), (2, 0), (1, 2) })
        {
            var swapped = (double[])ranked.Clone();
            (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
            var change = Math.Abs(Ndcg(swapped) - Ndcg(ranked)) / Ndcg([3, 1, 0]);
            expected += change * Numbers.Softplus(scores[j] - scores[i]);
        }

        var loss = functional.lambda_loss(
            tensor(scores).unsqueeze(0),
            tensor(ranked).unsqueeze(0),
            WeighingScheme.LambdaRankScheme,
            reduction_log: LogBase.Natural
        );

        Assert.Equal(expected, loss.Value(), 9);
    }

    [Fact]
    public void ListMLE_of_a_perfect_order_costs_nothing_unless_eps_makes_it()
    {
        var scores = tensor(
            new[,]
            {
                { 300.0f, 200, 100, 0 },
            }
        );
        var relevance = tensor(
            new[,]
            {
                { 4.0f, 3, 2, 1 },
            }
        );

        Assert.Equal(0, functional.list_mle_loss(scores, relevance, eps: 0).Value());
        Assert.Equal(530.9, functional.list_mle_loss(scores, relevance).Value(), 1);
        Assert.Equal(
            0,
            Numbers.Gradient(scores, s => functional.list_mle_loss(s, relevance, eps: 0)).abs().sum().Value()
        );
    }

    [Fact]
    public void Equal_relevances_keep_their_order_in_ListMLE()
    {
        manual_seed(5);
        var scores = Numbers.Normal(1, 40);
        var s = scores.Values();
        var expected = Enumerable.Range(0, 40).Sum(i => s.Skip(i).LogSumExp() - s[i]);

        Assert.Equal(expected, functional.list_mle_loss(scores, ones(1, 40), eps: 0).Value(), 9);
    }
}
