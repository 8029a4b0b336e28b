namespace TorchLoss.Tests.Losses;

/// <summary>GIoU: a loop on doubles, invariances, three axes, boxes that are wrong on either side.</summary>
public class GIoULossTests
{
    static (Tensor Input, Tensor Target) Boxes()
    {
        manual_seed(6);
        Tensor Random()
        {
            var low = rand([8, 2], dtype: ScalarType.Float64) * 4;
            return cat([low, low + rand([8, 2], dtype: ScalarType.Float64) * 3 + 0.2], 1);
        }

        return (Random(), Random());
    }

    static double Naive(double[] a, double[] b)
    {
        double Area(double[] r) => (r[2] - r[0]) * (r[3] - r[1]);
        var width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]));
        var height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        var union = Area(a) + Area(b) - width * height;
        var hull = (Math.Max(a[2], b[2]) - Math.Min(a[0], b[0])) * (Math.Max(a[3], b[3]) - Math.Min(a[1], b[1]));
        return 1 - width * height / union + (hull - union) / hull;
    }

    [Fact]
    public void Equals_a_loop()
    {
        var (input, target) = Boxes();
        var expected = Enumerable
            .Range(0, 8)
            .Select(i => Naive(input[i].data<double>().ToArray(), target[i].data<double>().ToArray()));

        var losses = nn.functional.giou_loss(input, target, eps: 1e-14, reduction: Reduction.None);

        Assert.Equal(expected, losses.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Fact]
    public void Moving_and_scaling_both_changes_nothing()
    {
        var (input, target) = Boxes();
        double Loss(double scale, double shift) =>
            nn.functional.giou_loss(input * scale + shift, target * scale + shift, eps: 1e-14).item<double>();

        Assert.Equal(Loss(1, 0), Loss(7, -3), 10);
    }

    [Fact]
    public void Boxes_of_the_same_depth_are_compared_as_in_the_plane()
    {
        var (input, target) = Boxes();
        Tensor Deep(Tensor b) =>
            stack([b[.., 0], b[.., 1], zeros_like(b[.., 0]), b[.., 2], b[.., 3], ones_like(b[.., 0])], 1);

        Assert.Equal(
            nn.functional.giou_loss(input, target).item<double>(),
            nn.functional.giou_loss(Deep(input), Deep(target)).item<double>(),
            12
        );
    }

    [Fact]
    public void A_wanted_box_inside_out_is_refused()
    {
        var (input, _) = Boxes();
        var centred = tensor([0.5f, 0.5f, 0.2f, 0.2f]).expand(8, 4).to(ScalarType.Float64);

        var e = Assert.Throws<ArgumentException>(() => nn.functional.giou_loss(input, centred));

        Assert.Equal("target", e.ParamName);
        Assert.Contains("not centre and size", e.Message);
    }

    [Theory]
    [InlineData(3, 0, 1, 2)]
    [InlineData(3, 0.5, 2.5, 1.5)]
    [InlineData(2.5, 1.5, 1.5, 0.5)]
    public void A_predicted_box_inside_out_trains_instead_of_running_away(double x1, double y1, double x2, double y2)
    {
        var target = tensor(
            new[,]
            {
                { 0.0, 0, 2, 2 },
            }
        );
        var box = tensor(
            new[,]
            {
                { x1, y1, x2, y2 },
            }
        );
        for (var step = 0; step < 400; step++)
        {
            box = box.detach().requires_grad_();
            nn.functional.giou_loss(box, target).backward();
            box = box.detach() - 0.05 * box.grad!;
        }

        Assert.InRange(nn.functional.giou_loss(box, target).item<double>(), 0, 0.1);
    }

    [Fact]
    public void Eps_decides_how_small_a_box_may_be()
    {
        var small = tensor(
            new[,]
            {
                { 0.5, 0.5, 0.501, 0.501 },
            }
        );

        Assert.Equal(0.0909, nn.functional.giou_loss(small, small).item<double>(), 3);
        Assert.Equal(0, nn.functional.giou_loss(small, small, eps: 1e-14).item<double>(), 7);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(3)]
    public void Boxes_have_four_or_six_numbers(long numbers)
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.giou_loss(zeros(2, numbers), zeros(2, numbers)));

        Assert.Contains($"(..., 4) or (..., 6), got (2, {numbers})", e.Message);
    }
}
