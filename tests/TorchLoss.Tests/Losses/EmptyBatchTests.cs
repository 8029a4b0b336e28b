namespace TorchLoss.Tests.Losses;

/// <summary>A batch without samples is a connected zero: a data loader's last batch must not end a training.</summary>
public class EmptyBatchTests
{
    public static TheoryData<string, long[], long[]> Shapes =>
        new()
        {
            { "DiceLoss", [0, 3, 4, 4], [0, 3, 4, 4] },
            { "TverskyLoss", [0, 3, 5], [0, 3, 5] },
            { "FocalTverskyLoss", [0, 3, 5], [0, 3, 5] },
            { "GeneralizedDiceLoss", [0, 3, 5], [0, 3, 5] },
            { "DiceCELoss", [0, 3, 5], [0, 3, 5] },
            { "BCEDiceLoss", [0, 3, 5], [0, 3, 5] },
            { "OhemCrossEntropyLoss", [0, 3, 5], [0, 5] },
            { "TopKLoss", [0, 3, 5], [0, 5] },
            { "BoundaryLoss", [0, 3, 5], [0, 3, 5] },
            { "DistributionFocalLoss", [0, 5], [0] },
            { "GaussianFocalLoss", [0, 1, 4, 4], [0, 1, 4, 4] },
            { "SILogLoss", [0, 4], [0, 4] },
            { "ScaleAndShiftInvariantLoss", [0, 4, 4], [0, 4, 4] },
            { "GradientMatchingLoss", [0, 4, 4], [0, 4, 4] },
            { "InverseDepthSmoothnessLoss", [0, 1, 4, 4], [0, 3, 4, 4] },
            { "PhotometricLoss", [0, 3, 4, 4], [0, 3, 4, 4] },
            { "EndPointErrorLoss", [0, 2, 4, 4], [0, 2, 4, 4] },
            { "NormalCosineLoss", [0, 3, 4], [0, 3, 4] },
            { "GeodesicLoss", [0, 3, 3], [0, 3, 3] },
            { "LovaszSoftmaxLoss", [0, 3, 4, 4], [0, 4, 4] },
            { "GIoULoss", [0, 4], [0, 4] },
            { "SSIMLoss", [0, 3, 16, 16], [0, 3, 16, 16] },
            { "ChamferLoss", [0, 5, 3], [0, 6, 3] },
            { "SISDRLoss", [0, 100], [0, 100] },
            { "MMDLoss", [0, 4], [0, 4] },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gives_a_connected_zero(string name, long[] input, long[] target)
    {
        var loss = LossCatalog.Find(name)!;
        var x = zeros(input).requires_grad_();
        var labels = loss.Inputs[1].Role is Role.ClassIndex;
        var inputs = new TensorArguments
        {
            [loss.Inputs[0].Name] = x,
            [loss.Inputs[1].Name] = zeros(target, labels ? ScalarType.Int64 : ScalarType.Float32),
        };

        var value = loss.Invoke(inputs, []);
        value.backward();

        Assert.Equal(0, value.item<float>());
    }
}
