namespace TorchLoss.Tests.Losses.Image;

/// <summary>Total variation and Charbonnier at their kinks; edges by hand.</summary>
public class TotalVariationLossTests
{
    static readonly Tensor Constant = full([2, 3, 4, 5], 0.7f);

    [Theory]
    [InlineData(VariationNorm.L1)]
    [InlineData(VariationNorm.L2)]
    [InlineData(VariationNorm.L2Squared)]
    public void A_constant_image_costs_nothing_and_has_no_gradient(VariationNorm norm)
    {
        Tensor Loss(Tensor x) => nn.functional.total_variation_loss(x, norm);

        Assert.Equal(0, Loss(Constant).Value());
        Assert.Equal(0, Numbers.Gradient(Constant, Loss).abs().max().Value());
    }

    [Fact]
    public void A_row_has_steps_along_itself_only()
    {
        var row = tensor([0.0, 1, 3, 2]).view(1, 1, 1, 4);
        foreach (var per_channel in (bool[])[false, true])
        {
            Tensor Loss(SpatialReduction reduction) =>
                nn.functional.total_variation_loss(row, per_channel: per_channel, spatial_reduction: reduction);

            Assert.Equal(4, Loss(SpatialReduction.Sum).sum().Value());
            Assert.Equal(4.0 / 3, Loss(SpatialReduction.Mean).sum().Value(), 12);
        }
    }

    [Fact]
    public void The_root_is_of_the_whole_image()
    {
        var x = tensor([0.0, 3, 4, 7]).view(1, 1, 2, 2); // steps 4, 4 down and 3, 3 across

        Assert.Equal(Math.Sqrt(50), nn.functional.total_variation_loss(x, VariationNorm.L2).Value(), 12);
    }

    [Fact]
    public void Images_of_other_dimensions_are_refused_unless_per_channel()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.total_variation_loss(zeros(3, 4, 4)));

        Assert.Contains("(N, C, H, W), got (3, 4, 4)", e.Message, StringComparison.Ordinal);
        Assert.Equal([3], nn.functional.total_variation_loss(zeros(3, 4, 4), per_channel: true).shape);
    }

    [Fact]
    public void Charbonnier_of_a_perfect_element_is_eps_or_nothing()
    {
        var x = tensor([2f, 1e4f]);
        Tensor Loss(Tensor y, bool subtract) =>
            nn.functional.charbonnier_loss(x, y, 1e-3, subtract, reduction: Reduction.None);

        Assert.All(Loss(x, false).Values(), v => Assert.Equal(1e-3, v, 9));
        Assert.All(Loss(x, true).Values(), v => Assert.Equal(0, v));

        // e² / 2ε of an error of 1e-6: the difference of two roots is 0 in float32
        Assert.Equal(5e-10, nn.functional.charbonnier_loss(tensor([1e-6f]), zeros(1), 1e-3, true).Value(), 13);
    }

    [Fact]
    public void Sobel_sees_a_border_as_an_edge()
    {
        var map = nn.functional.gradient_loss(ones(1, 1, 3, 3), zeros(1, 1, 3, 3), Reduction.None);

        Assert.Equal([6.0, 4, 6, 4, 0, 4, 6, 4, 6], map.Values());
    }
}
