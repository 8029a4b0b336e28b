using TorchLoss.Verification;

namespace TorchLoss.Tests.Catalogue;

/// <summary>The laws run on defaults; here every other choice of a yes/no or named option has its gradient checked too.</summary>
public class ChoiceTests
{
    /// <summary>What a choice needs besides itself, with the reason.</summary>
    static readonly Dictionary<string, (string Option, object Value)> Needs = new(StringComparer.Ordinal)
    {
        ["DPOLoss loss_type=exo_pair"] = ("label_smoothing", 0.1), // infinite without
    };

    /// <summary>Choices that the random inputs do not fit, with the reason.</summary>
    static readonly Dictionary<string, string> Unfit = new(StringComparer.Ordinal)
    {
        ["AsymmetricLoss disable_torch_grad_focal_loss=true"] = "the gradient is not that of the value by definition",
        ["DiceLoss to_onehot_y=true"] = "needs class indices",
        ["TverskyLoss to_onehot_y=true"] = "needs class indices",
        ["FocalTverskyLoss to_onehot_y=true"] = "needs class indices",
        ["GeneralizedDiceLoss to_onehot_y=true"] = "needs class indices",
        ["DiceCELoss to_onehot_y=true"] = "needs class indices: CompoundLossTests",
        ["SMPDiceLoss mode=binary"] = "needs one channel: PooledRegionLossTests",
        ["SMPTverskyLoss mode=binary"] = "needs one channel: PooledRegionLossTests",
        ["JaccardLoss mode=binary"] = "needs one channel: PooledRegionLossTests",
        ["SMPDiceLoss mode=multiclass"] = "needs class indices: PooledRegionLossTests",
        ["SMPTverskyLoss mode=multiclass"] = "needs class indices: PooledRegionLossTests",
        ["JaccardLoss mode=multiclass"] = "needs class indices: PooledRegionLossTests",
        ["NeuralNDCGLoss stochastic=true"] = "draws noise",
        ["NeuralNDCGTransposedLoss stochastic=true"] = "draws noise",
        ["MeshLaplacianSmoothingLoss method=cot"] = "the weights are constants by definition: MeshLossTests",
        ["MeshLaplacianSmoothingLoss method=cotcurv"] = "the weights are constants by definition: MeshLossTests",
        ["PoissonNLLLoss log_input=false"] = "needs rates above 0",
        ["TweedieLoss log_input=false"] = "needs means above 0",
        ["DPOLoss loss_type=sigmoid_norm"] = "needs lengths: DPOLossTests",
        ["LovaszLoss mode=binary"] = "needs one channel: LovaszHingeLossTests",
        ["LovaszLoss mode=multiclass"] = "needs class indices: LovaszHingeLossTests",
        ["VAELoss recon_loss=bce"] = "needs probabilities: VAELossTests",
    };

    public static TheoryData<string, string, string> All
    {
        get
        {
            var all = new TheoryData<string, string, string>();
            foreach (var loss in LossCatalog.All)
            {
                foreach (var option in loss.Options.Where(o => o.Type.IsEnum || o.Type == typeof(bool)))
                {
                    foreach (var choice in Choices(option).Where(c => !Equals(c, option.Default)))
                    {
                        all.Add(loss.Name, option.Name, OptionReader.Snake(choice.ToString()!));
                    }
                }
            }

            return all;
        }
    }

    static IEnumerable<object> Choices(OptionInfo option) =>
        option.Type == typeof(bool) ? [true, false] : Enum.GetValues(option.Type).Cast<object>();

    [Theory, MemberData(nameof(All))]
    public void Gradient_equals_differences(string name, string option, string choice)
    {
        var key = $"{name} {option}={choice}";
        if (Unfit.ContainsKey(key) || Exceptions.Gradient.ContainsKey(name))
        {
            return;
        }

        var loss = LossCatalog.Find(name)!;
        var info = loss.Options.First(o => o.Name == option);
        var options = new OptionValues(Samples.Options(loss))
        {
            [option] = Choices(info).First(c => OptionReader.Snake(c.ToString()!) == choice),
        };
        if (Needs.TryGetValue(key, out var need))
        {
            options[need.Option] = need.Value;
        }

        var wrong = GradCheck.First(x => Samples.Call(loss, x, options), Samples.All(loss));

        Assert.True(wrong is null, wrong);
    }
}
