namespace TorchLoss.Tests.Catalogue;

/// <summary>The losses that a law does not hold for, by name, each with its reason. Nothing else is left out anywhere.</summary>
static class Exceptions
{
    /// <summary>The gradient is not that of the value by this tensor.</summary>
    public static readonly Dictionary<string, string> Gradient = new(StringComparer.Ordinal)
    {
        ["CIoULoss"] = "alpha is a constant for the gradient by definition, which BoxLossTests checks",
        ["CTCLoss"] = "PyTorch's gradient is right only through log_softmax, where CTCLossTests checks it",
        ["FocalCTCLoss"] =
            "random labels hold blanks, for which PyTorch's gradient is wrong: CRFLossTests checks it without",
        ["GRPOLoss"] = "without old_logps the policy is its own constant reference; GRPOLossTests checks it with them",
        ["EMANormalizedLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["FAMOLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["GroupDROLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["ReLoBRaLoLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["GradNormLoss"] = "the common goal of the norms is a constant for the gradient",
        ["STCHLoss"] = "the maximum is a constant for the gradient, and not added back",
        ["BetaNLLLoss"] = "the power of the variance is a constant for the gradient: DensityLossTests",
        ["CircleLoss"] = "its weights are constants for the gradient by definition",
        ["CombinedMarginLoss"] = "the gradient takes the margin for a constant by definition",
        ["FocalFrequencyLoss"] = "the weights of the frequencies are constants by definition: ImageLossTests",
        ["SwaVLoss"] = "the codes are made of the input, without gradient by definition",
        ["SoftBootstrappingLoss"] = "the model's belief is a constant by definition",
        ["NormalizedFocalLoss"] = "the focal factors are constants by definition",
        ["NFLandMAELoss"] = "as NormalizedFocalLoss",
        ["NFLandRCELoss"] = "as NormalizedFocalLoss",
        ["VQVAELoss"] = "each of its two terms stops one gradient by definition",
        ["SinkhornDistanceLoss"] = "the plan is a constant for the gradient: SampleLossTests",
        ["MultiKernelMMDLoss"] = "the width of the kernels is a constant for the gradient: SampleLossTests",
    };

    /// <summary>The second derivative is not compared with differences of the first.</summary>
    public static readonly Dictionary<string, string> SecondGradient = new(StringComparer.Ordinal)
    {
        ["CIoULoss"] = "alpha is a constant for the gradient by definition, which BoxLossTests checks",
        ["CTCLoss"] = "the native backward has no derivative",
        ["FocalCTCLoss"] = "the native backward has no derivative",
        ["GRPOLoss"] = "without old_logps the policy is its own constant reference",
        ["EMANormalizedLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["FAMOLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["GroupDROLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["ReLoBRaLoLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["SuperLoss"] = "its weights follow from the losses but are constants for the gradient",
        ["GradNormLoss"] = "the common goal of the norms is a constant for the gradient",
        ["BetaNLLLoss"] = "the power of the variance is a constant for the gradient",
        ["CircleLoss"] = "its weights are constants for the gradient by definition",
        ["FocalFrequencyLoss"] = "the weights of the frequencies are constants by definition",
        ["SwaVLoss"] = "parts of it stop a gradient by definition",
        ["VQVAELoss"] = "parts of it stop a gradient by definition",
        ["SinkhornDistanceLoss"] = "the plan is a constant for the gradient",
        ["SinkhornDivergenceLoss"] = "the potentials are constants, which is right for the first derivative only",
        ["MultiKernelMMDLoss"] = "the width of the kernels is a constant for the gradient",
        ["SoftBootstrappingLoss"] = "parts of it stop a gradient by definition",
        ["NormalizedFocalLoss"] = "parts of it stop a gradient by definition",
        ["NFLandMAELoss"] = "parts of it stop a gradient by definition",
        ["NFLandRCELoss"] = "parts of it stop a gradient by definition",
    };

    /// <summary>Sum is not the sum of the single losses.</summary>
    public static readonly Dictionary<string, string> SumIsNotSumOfNone = new(StringComparer.Ordinal)
    {
        ["STFTLoss"] = Convergence,
        ["MelSTFTLoss"] = Convergence,
        ["MultiResolutionSTFTLoss"] = Convergence,
        ["SumAndDifferenceSTFTLoss"] = Convergence,
        ["DiceCELoss"] = "unreduced, a region's loss stands at each of its positions; the sum counts it once",
        ["BCEDiceLoss"] = "unreduced, a region's loss stands at each of its positions; the sum counts it once",
    };

    const string Convergence = "spectral convergence is one number of the whole batch, not one an element";

    /// <summary>Mean is not the plain mean of the single losses.</summary>
    public static readonly Dictionary<string, string> MeanIsNotSumByCount = new(StringComparer.Ordinal)
    {
        ["CoxPHLoss"] = "the mean is over events, censored subjects have no loss of their own",
        ["ConcordancePairLoss"] = "the mean is over pairs, unreduced is one sum a subject",
        ["LambdaLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["PairwiseHingeLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["PairwiseMSELoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["PairwiseLogisticLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["PairwiseSoftZeroOneLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["RankNetLoss"] = "the mean is over pairs, unreduced is one sum a list",
        ["PatchAdversarialLoss"] = "the mean is over discriminators, each the mean of its patches",
        ["CornLoss"] = "the mean is over the questions asked, unreduced is one sum a sample",
        ["MAELoss"] = "the mean is over the masked patches",
        ["CTCLoss"] = "each loss is divided by the length of its target first",
        ["LabelSmoothedCrossEntropyLoss"] =
            "the mean is over tokens that are not padding, which is an entry of the vocabulary",
        ["OhemCrossEntropyLoss"] = "the mean is over the positions kept, the others are 0",
        ["TopKLoss"] = "the mean is over the positions kept, the others are 0",
    };

    /// <summary>The order of the batch matters by definition.</summary>
    public static readonly Dictionary<string, string> BatchOrder = new(StringComparer.Ordinal)
    {
        ["UncertaintyWeightingLoss"] = "each task has its own weight",
        ["BPRMaxLoss"] = "a row's place tells its wanted item",
        ["CoxCCLoss"] = "the controls have their cases in the second dimension",
        ["NPairsLoss"] = "takes the first pair of each class",
        ["DINOLoss"] = "the first dimension is the views, which are the same ones in both tensors",
        ["CTCLoss"] = "the first dimension is time",
        ["FocalCTCLoss"] = "the first dimension is time",
        ["DynamicWeightAverageLoss"] = "each task has its own history",
        ["EMANormalizedLoss"] = "each task has its own history",
        ["FAMOLoss"] = "each task has its own history",
        ["ReLoBRaLoLoss"] = "each task has its own history",
        ["IMTLLLoss"] = "each task has its own weight",
        ["GradNormLoss"] = "each task has its own weight",
        ["MeshEdgeLoss"] = Vertices,
        ["MeshLaplacianSmoothingLoss"] = Vertices,
        ["MeshNormalConsistencyLoss"] = Vertices,
    };

    const string Vertices = "faces refer to vertices by their place";

    /// <summary>The value or gradient of extreme inputs is infinite by definition.</summary>
    public static readonly Dictionary<string, string> Extremes = new(StringComparer.Ordinal)
    {
        ["PoissonNLLLoss"] = "the rate of a log rate of 1e4 is infinite",
        ["TweedieLoss"] = "the mean of a log mean of 1e4 is infinite",
        ["LINEXLoss"] = "the exponential of an error of 1e4 is infinite",
        ["WeibullNLLLoss"] = "the hazard of a log shape of 200 is infinite",
    };

    /// <summary>No gradient exists for a batch of equal samples, or for one sample.</summary>
    public static readonly Dictionary<string, string> Degenerate = new(StringComparer.Ordinal)
    {
        ["CTCLoss"] = "the first dimension is time, and one step does not hold two labels",
        ["FocalCTCLoss"] = "the first dimension is time, and one step does not hold two labels",
    };

    /// <summary>A weight does not mean repetition.</summary>
    public static readonly Dictionary<string, string> SampleWeight = new(StringComparer.Ordinal) { };

    /// <summary>Computes in the dtype of its inputs, or in one of its own.</summary>
    public static readonly Dictionary<string, string> LowPrecision = new(StringComparer.Ordinal) { };

    /// <summary>Memory layout: an input that must be a plain list.</summary>
    public static readonly Dictionary<string, string> Layout = new(StringComparer.Ordinal) { };
}
