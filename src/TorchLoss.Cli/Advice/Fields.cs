namespace TorchLoss.Cli.Advice;

/// <summary>What one wants in a field, and the losses for it.</summary>
/// <param name="Goal">A word for it; the first of a field is taken where none is named.</param>
/// <param name="About">What it means.</param>
/// <param name="Watch">What to look at.</param>
/// <param name="Losses">The losses, the first choice first.</param>
sealed record FieldGoal(string Goal, string About, string Watch, params IReadOnlyList<Candidate> Losses);

/// <summary>A field whose data are no table.</summary>
/// <param name="Name">The word that <c>--task</c> takes.</param>
/// <param name="Goals">What one may want in it.</param>
sealed record Field(string Name, params IReadOnlyList<FieldGoal> Goals);

/// <summary>How to choose a loss where there is no table to look at: by field and goal.</summary>
static class Fields
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Field> All { get; } =
    [
        new(
            "images",
            new(
                "classes",
                "one class per picture",
                "accuracy, and calibration where probabilities are used",
                new("CrossEntropyLoss", "the measure to beat"),
                new("LabelSmoothingCrossEntropy", "less certain, often a little better"),
                new("SoftTargetCrossEntropy", "for mixed pictures (mixup, CutMix) with mixed labels"),
                new("SoftmaxFocalLoss", "turns to the pictures that are still wrong")
            ),
            new(
                "labels",
                "several labels per picture",
                "mean average precision",
                new("AsymmetricLoss", "most labels are absent: forgets easy negatives"),
                new("BCEWithLogitsLoss", "the measure to beat"),
                new("FocalLoss", "turns to labels that are still wrong")
            )
        ),
        new(
            "segmentation",
            new(
                "regions",
                "regions of usual size",
                "Dice or IoU per class, not pixel accuracy",
                new("DiceCELoss", "overlap and cross entropy together: steady gradients and the right measure"),
                new("LovaszSoftmaxLoss", "goes for IoU itself; good for the last epochs"),
                new("CrossEntropyLoss", "the measure to beat where regions are of like size")
            ),
            new(
                "small-objects",
                "most pixels are background",
                "recall of the small class; Dice per class",
                new("FocalTverskyLoss", "misses cost more than false alarms, and hard regions count more"),
                new("TverskyLoss", "the balance of misses and false alarms is yours to set"),
                new("GeneralizedDiceLoss", "classes count by the inverse of their size"),
                new("OhemCrossEntropyLoss", "learns from the hardest pixels alone")
            ),
            new(
                "boundaries",
                "edges must be right, as with thin structures",
                "boundary distance beside Dice",
                new(
                    "BoundaryLoss",
                    "weighs errors by their distance from the edge; add it to a Dice loss with a rising weight"
                ),
                new("LovaszSoftmaxLoss", "thin parts weigh much in IoU"),
                new("FocalTverskyLoss", "does not give thin parts up")
            )
        ),
        new(
            "detection",
            new(
                "boxes",
                "boxes of objects",
                "mean average precision over thresholds",
                new("GIoULoss", "IoU that also pulls boxes that do not touch"),
                new("CIoULoss", "adds centre and shape: converges faster"),
                new("DIoULoss", "adds the centre alone"),
                new("FocalLoss", "for the classes: most places are background")
            ),
            new(
                "sets",
                "a fixed number of predictions without anchors",
                "mean average precision",
                new("DETRLoss", "matches predictions with objects, then scores classes and boxes"),
                new("GIoULoss", "its part for boxes")
            ),
            new(
                "landmarks",
                "points on a face or body",
                "normalised mean error",
                new("WingLoss", "gives small and middling errors more pull"),
                new("AdaptiveWingLoss", "for heat maps"),
                new("JointsMSELoss", "the measure to beat for heat maps")
            )
        ),
        new(
            "restoration",
            new FieldGoal(
                "sharp",
                "pictures from pictures: denoise, enlarge, deblur",
                "PSNR and SSIM, and the eye",
                new("CharbonnierLoss", "absolute error without a corner: sharper than squared error"),
                new("SSIMLoss", "structure rather than single pixels; add it to a pixel loss"),
                new("PerceptualLoss", "compares features of a network, as the eye does"),
                new("FocalFrequencyLoss", "turns to frequencies that are still missing")
            )
        ),
        new(
            "depth",
            new FieldGoal(
                "metric",
                "depth from one picture",
                "relative error and the share within 1.25",
                new("SILogLoss", "errors of logarithms, forgiving a common scale"),
                new("ScaleAndShiftInvariantLoss", "for depth known only up to scale and shift"),
                new("InverseDepthSmoothnessLoss", "to be added: smooth but for edges of the picture")
            )
        ),
        new(
            "text",
            new(
                "classes",
                "a class per text",
                "accuracy, macro F1 where classes are uneven",
                new("CrossEntropyLoss", "the measure to beat"),
                new("LabelSmoothingCrossEntropy", "less certain"),
                new("SoftmaxFocalLoss", "turns to texts that are still wrong")
            ),
            new(
                "language-model",
                "the next token",
                "perplexity",
                new("CausalLMLoss", "cross entropy of the next token, padding left out"),
                new("FusedLinearCrossEntropyLoss", "the same without the logits of a large vocabulary in memory"),
                new("LabelSmoothedCrossEntropyLoss", "for translation")
            ),
            new(
                "preferences",
                "a language model from chosen and rejected answers",
                "win rate, and the distance from the reference model",
                new("DPOLoss", "needs a reference model, no reward model"),
                new("SimPOLoss", "needs no reference model"),
                new("KTOLoss", "for answers that are only good or bad, not in pairs"),
                new("ORPOLoss", "learns answers and preferences at once")
            ),
            new(
                "similarity",
                "texts that mean the same",
                "recall at k, rank correlation",
                new("MultipleNegativesRankingLoss", "needs pairs alone: all others of the batch are negatives"),
                new("CoSENTLoss", "for pairs with a degree of likeness"),
                new("OnlineContrastiveLoss", "for pairs that are like or unlike")
            )
        ),
        new(
            "sequences",
            new(
                "alignment-free",
                "a shorter sequence without places, as speech or handwriting to text",
                "word or character error rate",
                new Candidate("CTCLoss", "sums over all alignments; set zero_infinity for short inputs")
            ),
            new(
                "tokens",
                "a label for each step, padded sequences",
                "accuracy over real steps",
                new("MaskedSequenceCrossEntropyLoss", "padding does not count"),
                new("LabelSmoothedCrossEntropyLoss", "less certain"),
                new("CrossEntropyLoss", "with ignore_index for padding")
            )
        ),
        new(
            "forecasting",
            new(
                "values",
                "the next values of a series",
                "MASE against the seasonal naive forecast, on the last part of the series",
                new("MASELoss", "errors in units of the naive forecast: comparable between series"),
                new("HuberLoss", "calm about single jumps"),
                new("RMSSELoss", "as MASE with squares")
            ),
            new(
                "interval",
                "how sure the forecast is",
                "coverage and pinball loss",
                new("MQLoss:quantiles=[0.1,0.5,0.9]", "several quantiles over the whole horizon"),
                new("HuberQuantileLoss", "a quantile without a corner at the target"),
                new("GaussianNLLLoss", "a mean and a spread")
            ),
            new(
                "shape",
                "peaks may come a little early or late",
                "the look of it, and the error in time",
                new("SoftDTWLoss", "compares shapes, not clock times"),
                new("MSELoss", "the measure to beat")
            )
        ),
        new(
            "embeddings",
            new(
                "labels",
                "rows with classes, also new ones later",
                "recall at 1 on classes that were not learnt",
                new("SupConLoss", "all pairs of the batch"),
                new("ProxyAnchorLoss", "small batches do"),
                new("MultiSimilarityLoss", "weighs hard pairs"),
                new("BatchHardTripletLoss", "the hardest of each row; needs several rows of a class per batch")
            ),
            new(
                "faces",
                "thousands of classes",
                "verification rate at a small false accept rate",
                new("ArcFaceLoss", "an angle between classes"),
                new("SubCenterArcFaceLoss", "several centres per class: for wrong labels"),
                new("MagFaceLoss", "the length tells the quality of the picture")
            ),
            new(
                "unlabelled",
                "no labels, two views of each picture",
                "a linear classifier on top",
                new("SimCLRLoss", "large batches are the negatives"),
                new("VICRegLoss", "needs no negatives: works with small batches"),
                new("BarlowTwinsLoss", "makes features independent"),
                new("BYOLLoss", "needs a slow copy of the network")
            ),
            new(
                "text-and-images",
                "pictures with their texts",
                "recall in both directions",
                new("CLIPLoss", "the measure to beat; likes large batches"),
                new("SigLIPLoss", "works with smaller ones")
            )
        ),
        new(
            "ranking",
            new(
                "lists",
                "graded items of a query",
                "NDCG at the places that are seen",
                new("LambdaLoss", "weighs pairs by what their swap does to NDCG"),
                new("ListNetLoss", "simple and quick: a softmax over the list"),
                new("NeuralNDCGLoss", "goes for NDCG itself")
            ),
            new(
                "recommendation",
                "what was clicked against what was not",
                "recall and NDCG at k",
                new("BPRLoss", "one positive against one negative"),
                new("SampledSoftmaxLoss", "one against many, corrected for how they were drawn"),
                new("DirectAULoss", "needs no negatives")
            )
        ),
        new(
            "survival",
            new FieldGoal(
                "risks",
                "times until an event, some not yet seen",
                "concordance index",
                new Candidate("CoxPHLoss", "learns the order of risks; ties and strata are handled")
            )
        ),
        new(
            "distillation",
            new(
                "logits",
                "a small network learns from a large one",
                "accuracy of the small one beside training it alone",
                new("KDLoss", "softened outputs of the teacher"),
                new("DKDLoss", "target class and others apart, often stronger"),
                new("DISTLoss", "keeps relations, for teachers much stronger than the student")
            ),
            new(
                "features",
                "inner layers",
                "accuracy of the small one",
                new("HintLoss", "a layer of the student for one of the teacher"),
                new("AttentionTransferLoss", "where the network looks"),
                new("RKDLoss", "distances and angles between samples")
            )
        ),
        new(
            "generative",
            new(
                "gan",
                "pictures against a judge",
                "FID; the judge's loss says little",
                new("HingeDiscriminatorLoss", "the usual choice; with HingeGeneratorLoss"),
                new("WassersteinDiscriminatorLoss", "with GradientPenaltyLoss; a loss that follows quality"),
                new("RelativisticDiscriminatorLoss", "real against fake in pairs"),
                new("LeastSquaresDiscriminatorLoss", "smooth and simple")
            ),
            new(
                "diffusion",
                "noise to pictures",
                "FID",
                new("DenoisingDiffusionLoss", "noise, sample or velocity, with Min-SNR weights"),
                new("FlowMatchingLoss", "straight paths: fewer steps"),
                new("EDMLoss", "weights by noise level that need no tuning")
            ),
            new(
                "latent",
                "a code of each sample",
                "reconstruction and the use of the code",
                new("VAELoss", "a code that follows a normal distribution; beta says how strictly"),
                new("VQVAELoss", "a code of discrete entries")
            )
        ),
        new(
            "audio",
            new(
                "waveforms",
                "sound from sound: enhance, synthesise",
                "SI-SDR, and the ear",
                new("MultiResolutionSTFTLoss", "spectra at several resolutions"),
                new("SISDRLoss", "the waveform, whatever its loudness"),
                new("MelSTFTLoss:sample_rate=16000", "pitches as the ear hears them")
            ),
            new(
                "separation",
                "several speakers",
                "SI-SDR improvement",
                new("PITLoss", "the order of speakers does not matter"),
                new("MixITLoss", "learns from mixtures of mixtures")
            )
        ),
        new(
            "points",
            new(
                "clouds",
                "sets of points in space",
                "Chamfer and earth mover's distance",
                new("ChamferLoss", "the nearest point of the other set: quick"),
                new("EMDLoss", "one point for one: even densities")
            ),
            new(
                "meshes",
                "surfaces",
                "Chamfer distance and smoothness",
                new("ChamferLoss", "on points of both surfaces"),
                new("MeshLaplacianSmoothingLoss", "to be added: smooth"),
                new("MeshNormalConsistencyLoss", "to be added: no folds"),
                new("MeshEdgeLoss", "to be added: edges of like length")
            )
        ),
        new(
            "multi-task",
            new FieldGoal(
                "balance",
                "several losses of one network",
                "each task beside a network of its own",
                new("UncertaintyWeightingLoss", "learns the weights with the network"),
                new("DynamicWeightAverageLoss", "tasks that get better slowly count more"),
                new("GradNormLoss", "gradients of like length"),
                new("GroupDROLoss", "the worst group counts most")
            )
        ),
        new(
            "reinforcement",
            new(
                "actions",
                "rewards for actions",
                "the return, over several seeds",
                new("PPOLoss", "bounded steps: the usual choice"),
                new("A2CLoss", "simpler"),
                new("DQNLoss", "few actions, values instead of a policy")
            ),
            new(
                "language",
                "a language model with rewards",
                "reward and distance from the reference model",
                new("GRPOLoss", "compares answers of a group, needs no critic"),
                new("RLOOLoss", "each answer against the mean of the others"),
                new("PPOLoss", "with a critic")
            )
        ),
    ];
}
