namespace TorchLoss;

/// <summary>What a loss is for; also the folder it lives in and the chapter of the docs it appears in.</summary>
public enum Family
{
    /// <summary>PyTorch's own losses, under PyTorch's own names (namespace <c>TorchLoss.Standard</c>).</summary>
    Standard,

    /// <summary>Real-valued targets.</summary>
    Regression,

    /// <summary>One class or label out of several.</summary>
    Classification,

    /// <summary>Classes of very different frequency.</summary>
    Imbalance,

    /// <summary>Several labels at once.</summary>
    MultiLabel,

    /// <summary>Labels that may be wrong.</summary>
    Robust,

    /// <summary>Ordered classes.</summary>
    Ordinal,

    /// <summary>Probabilities that mean what they say.</summary>
    Calibration,

    /// <summary>A student that learns from a teacher.</summary>
    Distillation,

    /// <summary>A class for each pixel or voxel.</summary>
    Segmentation,

    /// <summary>Boxes and key points.</summary>
    Detection,

    /// <summary>Images compared with images.</summary>
    Image,

    /// <summary>Points, meshes, poses, depth and flow.</summary>
    Geometry,

    /// <summary>Embeddings of labelled samples.</summary>
    Metric,

    /// <summary>Embeddings without labels.</summary>
    SelfSupervised,

    /// <summary>Lists of documents in order of relevance.</summary>
    Ranking,

    /// <summary>Predicted distributions.</summary>
    Probabilistic,

    /// <summary>Time series and their horizons.</summary>
    Forecasting,

    /// <summary>Times until an event, some of them censored.</summary>
    Survival,

    /// <summary>Waveforms and spectra.</summary>
    Audio,

    /// <summary>Sequences of labels.</summary>
    Sequence,

    /// <summary>Language models.</summary>
    Language,

    /// <summary>Chosen and rejected answers.</summary>
    Preference,

    /// <summary>Models that generate.</summary>
    Generative,

    /// <summary>Distances between sets of samples.</summary>
    Transport,

    /// <summary>Several losses balanced against each other.</summary>
    MultiTask,

    /// <summary>Losses made of other losses (folder <c>Compose</c>).</summary>
    Compose,
}
