using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Losses;

/// <summary>Distributions over bins, heat maps, and the set loss of DETR.</summary>
public class DetectionLossTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(2.25)]
    [InlineData(4.0)]
    public void A_distance_is_shared_by_the_bins_on_either_side(double y)
    {
        manual_seed(3);
        var scores = Numbers.Normal(1, 5);
        var row = scores.Values();
        double LogP(int bin) => row[bin] - row.LogSumExp();
        var left = Math.Min((int)y, 3);

        var loss = nn.functional.distribution_focal_loss(scores, tensor(new[] { y }));

        Assert.Equal(-(left + 1 - y) * LogP(left) - (y - left) * LogP(left + 1), loss.Value(), 12);
    }

    [Theory]
    [InlineData(4.01)]
    [InlineData(-0.01)]
    [InlineData(double.NaN)]
    public void A_distance_outside_of_the_bins_is_refused_unless_it_is_clamped(double y)
    {
        var target = tensor(new[] { 1.0, y });

        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.distribution_focal_loss(rand(2, 5), target.to(float32))
        );

        Assert.Contains("must lie in [0, 4]", e.Message);
        nn.functional.distribution_focal_loss(rand(2, 5), target.nan_to_num(0), clamp: true);
    }

    [Fact]
    public void Heat_maps_divide_by_their_centres_and_survive_exact_probabilities()
    {
        var p = tensor(new[] { 0f, 1, 0, 1, 0.5f }).requires_grad_();
        var t = tensor(new[] { 1f, 1, 0, 0.3f, 0.8f });
        Tensor Loss(HeatmapReduction reduction, Tensor target) =>
            nn.functional.gaussian_focal_loss(p, target, reduction: reduction);

        var mean = Loss(HeatmapReduction.NumPos, t);
        mean.backward();

        Assert.Equal(Loss(HeatmapReduction.Sum, t).Value() / 2, mean.Value(), 5);
        Assert.Equal(Loss(HeatmapReduction.Sum, t * 0.5f).Value(), Loss(HeatmapReduction.NumPos, t * 0.5f).Value(), 5);
        Assert.True(p.grad!.isfinite().all().item<bool>());
        Assert.Throws<ArgumentException>(() => nn.functional.gaussian_focal_loss(p + 1, t));
    }

    static (Tensor Logits, Tensor Boxes, Tensor Labels, Tensor Targets) Sets()
    {
        manual_seed(4);
        return (
            Numbers.Normal(2, 5, 4),
            rand([2, 5, 4], dtype: ScalarType.Float64) * 0.5 + 0.2,
            tensor(
                new long[,]
                {
                    { 0, 2, -1 },
                    { -1, 1, -1 },
                }
            ),
            rand([2, 3, 4], dtype: ScalarType.Float64) * 0.5 + 0.2
        );
    }

    [Fact]
    public void The_assignment_is_the_cheapest_of_all()
    {
        var (logits, boxes, labels, targets) = Sets();
        var matcher = new HungarianMatcher(cost_class: 20, cost_bbox: 3, cost_giou: 1);

        var query = matcher.Match(logits, boxes, labels, targets);

        var p = logits.softmax(2);
        double Cost(int q, int t) =>
            3 * (boxes[0, q] - targets[0, t]).abs().sum().Value()
            - 20 * p[0, q, labels[0, t].item<long>()].Value()
            + nn.functional.giou_loss(
                    Corners(boxes[0, q]).unsqueeze(0),
                    Corners(targets[0, t]).unsqueeze(0),
                    eps: 1e-14
                )
                .Value();
        var best = (
            from a in Enumerable.Range(0, 5)
            from b in Enumerable.Range(0, 5)
            where a != b
            orderby Cost(a, 0) + Cost(b, 1)
            select (a, b)
        ).First();
        Assert.Equal([best.a, best.b, -1.0], query[0].Values());
        Assert.Equal([-1.0, -1.0], query[1].Values().Where((_, t) => t != 1));
    }

    static Tensor Corners(Tensor box) => cat([box[..2] - box[2..] / 2, box[..2] + box[2..] / 2], 0);

    [Fact]
    public void Neither_padding_nor_the_order_of_objects_matters()
    {
        var (logits, boxes, labels, targets) = Sets();
        var order = tensor(new long[] { 2, 0, 1 });
        var padded = cat([targets.narrow(1, 0, 2), full_like(targets.narrow(1, 0, 1), double.NaN)], 1);

        var loss = nn.functional.detr_loss(logits, boxes, labels, targets);

        Assert.Equal(
            loss.Value(),
            nn.functional.detr_loss(logits, boxes, labels.index_select(1, order), targets.index_select(1, order))
                .Value(),
            12
        );
        Assert.Equal(
            nn.functional.detr_loss(logits[..1], boxes[..1], labels[..1], targets[..1]).Value(),
            nn.functional.detr_loss(logits[..1], boxes[..1], labels[..1], padded[..1]).Value(),
            12
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void An_image_without_objects_teaches_no_object(int slots)
    {
        var (logits, boxes, _, targets) = Sets();
        var none = full([2, slots], -1, dtype: ScalarType.Int64);
        var input = logits.requires_grad_();

        var loss = nn.functional.detr_loss(input, boxes, none, targets.narrow(1, 0, slots));
        loss.backward();

        Assert.Equal(-input.log_softmax(2).select(2, 3).mean().Value(), loss.Value(), 12);
        Assert.True(input.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void More_objects_than_queries_leave_the_worst_fitting_ones_out()
    {
        var boxes = tensor(new[] { 0.2f, 0.2f, 0.1f, 0.1f }).view(1, 1, 4);
        var targets = stack([boxes[0, 0] + 0.3f, boxes[0, 0], boxes[0, 0] + 0.1f]).unsqueeze(0);
        var labels = zeros([1, 3], ScalarType.Int64);

        var query = new HungarianMatcher().Match(zeros(1, 1, 2), boxes, labels, targets);
        var loss = nn.functional.detr_loss(zeros(1, 1, 2), boxes, labels, targets);

        Assert.Equal([-1.0, 0, -1], query[0].Values());
        Assert.Equal(Math.Log(2), loss.Value(), 5);
    }

    [Fact]
    public void Boxes_and_scores_of_NaN_are_named()
    {
        var (logits, boxes, labels, targets) = Sets();
        string Refusal(Tensor scores, Tensor predicted, Tensor wanted) =>
            Assert.Throws<ArgumentException>(() => nn.functional.detr_loss(scores, predicted, labels, wanted)).Message;

        Assert.Contains(
            "DETRLoss: the cost of query 0 for an object is NaN",
            Refusal(logits, boxes * double.NaN, targets)
        );
        Assert.Contains("DETRLoss: the cost", Refusal(logits * double.NaN, boxes, targets));
        Assert.Contains("negative width or height", Refusal(logits, boxes, -targets));
    }

    [Fact]
    public void Boxes_without_area_have_finite_gradients()
    {
        var (logits, _, labels, targets) = Sets();
        var boxes = zeros([2, 5, 4], ScalarType.Float64).requires_grad_();

        nn.functional.detr_loss(logits, boxes, labels, targets * 0).backward();

        Assert.True(boxes.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void The_gradient_through_the_assignment_is_right()
    {
        var (logits, boxes, labels, targets) = Sets();

        Assert.Null(
            GradCheck.First(
                i => nn.functional.detr_loss(i["logits"], i["boxes"], labels, targets),
                new() { ["logits"] = logits.requires_grad_(), ["boxes"] = boxes.requires_grad_() }
            )
        );
    }
}
