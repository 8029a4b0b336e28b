namespace TorchLoss.Tests.Losses;

/// <summary>IoU, DIoU and CIoU: where conventions part, and what their terms do.</summary>
public class BoxLossTests
{
    static Tensor Box(params double[] corners) => tensor(corners).view(-1, 4);

    static Tensor Gradient(Func<Tensor, Tensor> loss, Tensor at)
    {
        var x = at.detach().clone().requires_grad_();
        loss(x).sum().backward();
        return x.grad!;
    }

    [Fact]
    public void Weights_of_IoU_do_not_enter_the_divisor()
    {
        var (input, target) = (Box(0, 0, 2, 2, 0, 0, 4, 1), Box(1, 0, 3, 2, 0, 0, 2, 1));

        Assert.Equal(
            [2.0 / 3, 0.5],
            nn.functional.iou_loss(input, target, reduction: Reduction.None).data<double>().ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-14
        );
        Assert.Equal(
            (3 * 2.0 / 3 + 1 * 0.5) / 2,
            nn.functional.iou_loss(input, target, weight: tensor([3.0, 1])).item<double>(),
            14
        );
    }

    [Fact]
    public void Modes_of_IoU_are_functions_of_it()
    {
        var (input, target) = (Box(0, 0, 2, 2), Box(1, 0, 3, 2));

        Assert.Equal(2.0 / 3, nn.functional.iou_loss(input, target).item<double>(), 14);
        Assert.Equal(Math.Log(3), nn.functional.iou_loss(input, target, IoUMode.Log).item<double>(), 14);
        Assert.Equal(8.0 / 9, nn.functional.iou_loss(input, target, IoUMode.Square).item<double>(), 14);
    }

    [Fact]
    public void Boxes_apart_have_the_least_IoU_and_only_the_distance_pulls_them()
    {
        var (input, target) = (Box(0, 0, 1, 1), Box(5, 0, 6, 1));

        Assert.Equal(-Math.Log(0.01), nn.functional.iou_loss(input, target, IoUMode.Log, eps: 0.01).item<double>(), 14);
        Assert.Equal(0, Gradient(x => nn.functional.iou_loss(x, target), input).abs().max().item<double>());
        Assert.Equal(1 + 25.0 / 37, nn.functional.diou_loss(input, target).item<double>(), 6);
        var pull = Gradient(x => nn.functional.diou_loss(x, target), input);
        Assert.True((pull[0, 0] + pull[0, 2]).item<double>() < 0);
    }

    [Fact]
    public void Alpha_is_a_constant_for_the_gradient()
    {
        var (input, target) = (Box(0, 0, 3, 1.5), Box(0.5, 0, 2.5, 2));
        double V(Tensor x)
        {
            var c = x.data<double>().ToArray();
            return Math.Pow(2 / Math.PI * (Math.Atan(2.0 / 2) - Math.Atan((c[2] - c[0]) / (c[3] - c[1]))), 2);
        }

        const double Step = 1e-6;
        var more = input.clone();
        more[0, 2] += Step;
        var iou = 1 - nn.functional.iou_loss(input, target).item<double>();
        var alpha = V(input) / (1 - iou + V(input));
        var ratio = Gradient(x => nn.functional.ciou_loss(x, target) - nn.functional.diou_loss(x, target), input)[0, 2]
            .item<double>();

        Assert.Equal(alpha * (V(more) - V(input)) / Step, ratio, 6);
    }

    [Fact]
    public void Below_the_threshold_the_ratio_of_the_sides_does_not_count()
    {
        var (input, target) = (Box(0, 0, 3, 1), Box(0, 0, 3, 3));
        double Ciou(double threshold) =>
            nn.functional.ciou_loss(input, target, alpha_iou_threshold: threshold).item<double>();
        var diou = nn.functional.diou_loss(input, target).item<double>();

        Assert.Equal(diou, Ciou(0.5), 14);
        Assert.True(Ciou(0.3) > diou);
        Assert.Equal(Ciou(0.3), Ciou(0), 14);
    }

    [Fact]
    public void The_ratio_of_the_sides_is_for_the_plane()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.ciou_loss(zeros(2, 6), zeros(2, 6)));

        Assert.Contains("input must be (..., 4), got (2, 6)", e.Message);
    }
}
