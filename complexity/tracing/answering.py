ANSWERS={}
from complexity.tracing.functions import RECOUNTED
ANSWERS=RECOUNTED
